#pragma once

#include "engine/logs.hpp"

#include <string>
#include <string_view>

namespace gantry::engine {

/// Reads the lines of a log in either form (wire::LogFormat), many of them fast: what was written at once begins with
/// the same time and stream, which are read once.
class LogParser {
 public:
  /// Nothing for a line that is not an entry (torn by a crash). The entry's text is good until the next call.
  std::optional<LogEntry> parse(std::string_view line);

 private:
  std::optional<LogEntry> parse_plain(std::string_view line);
  std::optional<LogEntry> parse_json(std::string_view line);
  std::optional<Timestamp> time_of(std::string_view text);

  std::string head_;  ///< of the last plain line, up to its text
  LogEntry last_;     ///< what that says
  std::string time_text_;
  Timestamp time_ = 0;
  std::string unescaped_;
};

}  // namespace gantry::engine
