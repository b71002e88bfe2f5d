#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::engine {

struct LogOptions {
  bool follow = false;                ///< go on until the container has ended
  std::optional<std::uint64_t> tail;  ///< the last lines only
  std::optional<Timestamp> since;
  std::optional<Timestamp> until;
};

/// One entry of a log in CRI's format: `<RFC 3339 time> <stdout|stderr> <F|P> <text>`.
struct LogEntry {
  Timestamp time = 0;
  bool error = false;     ///< stderr
  bool partial = false;   ///< the line goes on in the next entry of the same stream
  std::string_view text;  ///< without the newline
};

/// Nothing for a line that is not an entry (torn by a crash).
std::optional<LogEntry> parse_log_entry(std::string_view line);

using LogSink = std::function<Result<>(const LogEntry&)>;

/// Hands the entries of a log file to `sink`. With `follow`, `goes_on` tells whether more may come.
Result<> read_log(const std::string& path, const LogOptions& options, const LogSink& sink,
                  const std::function<bool()>& goes_on);

}  // namespace gantry::engine
