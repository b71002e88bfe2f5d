#pragma once

#include "engine/stats.hpp"
#include "report/listing.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace gantry::cli {

/// The options that `stats` and `pod stats` have.
struct StatsOptions {
  std::string format;
  bool no_stream = false;
  bool no_trunc = false;
  bool no_reset = false;
  std::int64_t interval = 5;  ///< seconds
};

inline constexpr options::Option kStatsOptions[] = {
    options::option<&StatsOptions::format>(0, "format", "FORMAT", "Print as \"json\", or by a Go template"),
    options::option<&StatsOptions::interval, options::read_between<1, 86'400>>('i', "interval", "SECONDS",
                                                                               "How often to look (default 5)"),
    options::flag<&StatsOptions::no_reset>(0, "no-reset", "Do not clear the screen between"),
    options::flag<&StatsOptions::no_stream>(0, "no-stream", "Print once"),
    options::flag<&StatsOptions::no_trunc>(0, "no-trunc", "Print identifiers in full"),
};

/// Prints the statistics of the containers that `choose` gives, once or until it is interrupted.
Result<int> show_stats(engine::Engine& engine, const StatsOptions& options,
                       const std::function<Result<std::vector<engine::Container>>()>& choose);

}  // namespace gantry::cli
