#pragma once

#include "base/fd.hpp"

#include <optional>
#include <string>
#include <utility>

namespace gantry::content {

/// The right to do a piece of work that others would only repeat, such as to fetch one layer: one holder at a time,
/// until it goes or its process and those that it forked die. Whoever gets a claim looks first if the work is done.
///
/// It is a locked file in the folder `tmp`; one that a killed process left is swept as any other, see abandoned().
class Claim {
 public:
  /// Waits for it. Hold no other claim meanwhile that somebody may be waiting for. `name` is a file name.
  static Result<Claim> take(const std::string& tmp, const std::string& name);
  /// Code::busy when someone else has it.
  static Result<Claim> try_take(const std::string& tmp, const std::string& name);

  Claim(Claim&& other) noexcept : fd_(std::move(other.fd_)), path_(std::exchange(other.path_, {})) {}
  Claim& operator=(Claim&& other) noexcept;
  ~Claim() { release(); }

 private:
  Claim(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  static Result<Claim> acquire(const std::string& tmp, const std::string& name, int operation);
  void release();

  Fd fd_;
  std::string path_;  ///< empty: moved away
};

}  // namespace gantry::content
