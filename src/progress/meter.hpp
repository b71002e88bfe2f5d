#pragma once

#include "base/stream.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace gantry::progress {

struct MeterState;

/// One thing that is moved: a blob, say. It is shown from its beginning to done() or skipped(); one that goes without
/// has failed, and whoever made it says why.
class Item {
 public:
  Item() = default;
  Item(Item&& other) noexcept;
  Item& operator=(Item&& other) noexcept;
  ~Item();

  /// Passes on the bytes of `source` and counts them, from `from` on. It may be read in another process after a
  /// fork(2); the meter outlives it.
  std::unique_ptr<Source> counted(std::unique_ptr<Source> source, std::uint64_t from = 0) const;
  /// It has come whole.
  void done();
  /// It need not be moved: "already exists".
  void skipped(const std::string& why);

 private:
  friend class Meter;
  Item(std::shared_ptr<MeterState> state, std::size_t id) : state_(std::move(state)), id_(id) {}
  std::shared_ptr<MeterState> state_;  ///< none: nothing is shown, or it has ended
  std::size_t id_ = 0;
};

/// Where it is shown how far a command has come.
enum class Style {
  none,
  lines,  ///< one line for each thing that has come: "Copying blob sha256:… done"
  bars,   ///< on a terminal: a line that moves for each thing under way, with speed and time left, and one for all
};

/// Bars where standard error is a terminal that can show them, else lines; none when `quiet`.
Style style_for(bool quiet);

/// Shows what a command moves. Bars are drawn by a thread of its own, ten times a second: where a process must have one
/// thread alone, as before unshare(2) of a user namespace, there must be no meter yet. Any thread may use it.
class Meter {
 public:
  /// `fd` is not owned. `Style::none` shows nothing and costs nothing.
  explicit Meter(Style style = Style::none, int fd = 2);
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;
  /// Takes the bars away. What has come stays on the terminal, and what it was in all.
  ~Meter();

  /// `label` is for example "Copying blob sha256:…"; `size` in bytes, when it is known.
  Item begin(std::string label, std::optional<std::uint64_t> size);
  /// That many bytes are to come, in things that have not begun yet.
  void expect(std::uint64_t bytes);
  /// A line about what has no size: "Writing manifest".
  void note(const std::string& line);

 private:
  std::shared_ptr<MeterState> state_;
  std::jthread drawer_;
};

/// One that shows nothing.
Meter& silent();

}  // namespace gantry::progress
