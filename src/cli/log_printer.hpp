#pragma once

#include "engine/logs.hpp"

#include <string>

namespace gantry::cli {

/// How lines of a log are shown.
struct LogStyle {
  bool timestamps = false;
  bool at_once = false;  ///< as they come, not in big pieces
  std::string prefix;    ///< in front of every line: the container's name or id
};

/// Writes the entries of a log to stdout and stderr.
class LogPrinter {
 public:
  explicit LogPrinter(LogStyle style) : style_(std::move(style)) {}
  Result<> add(const engine::LogEntry& entry);
  Result<> flush();

 private:
  LogStyle style_;
  bool error_ = false;      ///< where the buffer goes: stderr
  bool line_open_[2] = {};  ///< of stdout and stderr: the last entry was a part of a line
  std::string buffer_;
};

}  // namespace gantry::cli
