#pragma once

#include "cli/context.hpp"

#include <string>
#include <vector>

namespace gantry::cli {

/// The options that `logs` and `pod logs` have.
struct LogsOptions {
  bool follow = false;
  bool timestamps = false;
  bool names = false;
  bool color = false;
  std::string since, until;
  std::string tail = "all";
};

inline constexpr options::Option kLogsOptions[] = {
    options::flag<&LogsOptions::follow>('f', "follow", "Go on until the container ends"),
    options::option<&LogsOptions::tail>('n', "tail", "NUMBER", "Print the last lines only (default all)"),
    options::option<&LogsOptions::since>(0, "since", "TIME",
                                         "Print what came after TIME: 10m, or 2026-01-31T12:00:00Z"),
    options::option<&LogsOptions::until>(0, "until", "TIME", "Print what came before TIME"),
    options::flag<&LogsOptions::timestamps>('t', "timestamps", "Print the time of every line"),
    options::flag<&LogsOptions::names>(0, "names", "Print the container's name in front of every line"),
    options::flag<&LogsOptions::color>(0, "color", "Give each container a colour"),
};

/// Prints the logs of one container after the other; with `follow` of all at the same time.
Result<int> show_logs(const Globals& globals, const LogsOptions& options, const std::vector<std::string>& names);

}  // namespace gantry::cli
