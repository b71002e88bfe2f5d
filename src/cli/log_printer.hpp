#pragma once

#include "engine/logs.hpp"

#include <string>

namespace gantry::cli {

/// Writes the entries of a log to stdout and stderr, in big pieces unless they are watched as they come.
class LogPrinter {
 public:
  LogPrinter(bool timestamps, bool at_once) : timestamps_(timestamps), at_once_(at_once) {}
  Result<> add(const engine::LogEntry& entry);
  Result<> flush();

 private:
  bool timestamps_;
  bool at_once_;
  bool error_ = false;      ///< where the buffer goes: stderr
  bool line_open_[2] = {};  ///< of stdout and stderr: the last entry was a part of a line
  std::string buffer_;
};

}  // namespace gantry::cli
