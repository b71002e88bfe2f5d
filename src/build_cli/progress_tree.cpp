#include "base/clock.hpp"
#include "base/text.hpp"
#include "build_cli/progress.hpp"
#include "linux/terminal.hpp"
#include "options/print.hpp"
#include "progress/screen.hpp"

#include <unistd.h>

#include <deque>
#include <map>

namespace gantry::build_cli {

namespace {

using build::Node;
using build::NodeId;

constexpr std::size_t kTailLines = 4;  // of what a step that runs has printed

/// Steps that have ended stay as one line each; below them those that run, with their time and last lines.
class Tree final : public build::Observer {
 public:
  void expect(std::size_t steps) override { count_ = steps; }

  void begin(NodeId node, const Node& step) override {
    running_[node] = {.number = ++begun_, .title = step_title(step), .since = monotonic(), .rest = {}, .tail = {}};
  }

  void output(NodeId node, std::string_view text) override {
    Shown& shown = running_[node];
    shown.rest += text;
    std::size_t end;
    while ((end = shown.rest.find_first_of("\r\n")) != std::string::npos) {
      if (end > 0) shown.tail.push_back(plain(shown.rest.substr(0, end)));
      shown.rest.erase(0, end + 1);
    }
    while (shown.tail.size() > kTailLines) shown.tail.pop_front();
    draw({});
  }

  void end(NodeId node, End how, std::int64_t nanoseconds) override {
    const Shown shown = running_[node];
    running_.erase(node);
    std::string line = fmt::format("[{}/{}] {}", shown.number, count_, shown.title);
    if (how == End::cached) line += "  (cached)";
    else if (how == End::failed) line += "  FAILED";
    else line += fmt::format("  {:.1f}s", static_cast<double>(nanoseconds) / 1e9);
    draw({line});
  }

  void tick() override { draw({}); }

 private:
  struct Shown {
    std::size_t number = 0;
    std::string title;
    std::int64_t since = 0;
    std::string rest;
    std::deque<std::string> tail;
  };

  /// Without what a program uses to move the cursor.
  static std::string plain(const std::string& line) {
    std::string text;
    for (const char c : line) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    return text;
  }

  /// A terminal that nobody has told its size says 0.
  static linux::WindowSize window_size() {
    constexpr linux::WindowSize kUsual{.rows = 24, .columns = 80};
    const auto told = linux::window_size(STDERR_FILENO).value_or(kUsual);
    return told.rows == 0 || told.columns == 0 ? kUsual : told;
  }

  void draw(std::vector<std::string> settled) {
    const auto window = window_size();
    std::vector<std::string> live;
    for (const auto& [node, shown] : running_) {
      const double seconds = static_cast<double>(monotonic() - shown.since) / 1e9;
      live.push_back(fit(fmt::format("[{}/{}] {}  {:.1f}s", shown.number, count_, shown.title, seconds), window));
      for (const auto& line : shown.tail) live.push_back(fit("   | " + line, window));
    }
    for (auto& line : settled) line = fit(line, window);
    best_effort(options::print_error(screen_.draw(settled, live, window)));
  }

  static std::string fit(std::string line, linux::WindowSize window) {
    if (window.columns > 1 && line.size() >= window.columns) line.resize(window.columns - 1u);
    return line;
  }

  std::size_t count_ = 0;
  std::size_t begun_ = 0;
  std::map<NodeId, Shown> running_;
  progress::Screen screen_;
};

}  // namespace

std::unique_ptr<build::Observer> make_tree_observer() { return std::make_unique<Tree>(); }

}  // namespace gantry::build_cli
