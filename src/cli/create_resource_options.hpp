#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <climits>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::cli {

/// Limits.
struct CreateResourceOptions {
  std::uint64_t memory = 0;
  std::string cpus;
  std::optional<std::int64_t> pids_limit;
  std::vector<std::string> ulimits;
};

Result<> set_resources(engine::ContainerConfig& config, const CreateResourceOptions& options);

namespace create {

inline constexpr options::Option kResources[] = {
    options::option<&CreateResourceOptions::memory, options::read_size>('m', "memory", "SIZE",
                                                                        "Limit memory, as in 512m or 2g"),
    options::option<&CreateResourceOptions::cpus>(0, "cpus", "NUMBER", "Limit time on the processors, as in 1.5"),
    options::option<&CreateResourceOptions::pids_limit, options::read_between<-1, INT_MAX>>(
        0, "pids-limit", "NUMBER", "Limit the number of processes (default 2048); -1 is no limit"),
    options::option<&CreateResourceOptions::ulimits>(0, "ulimit", "NAME=SOFT[:HARD]",
                                                     "Limit a resource of each process, as in nofile=1024"),
};

}  // namespace create

}  // namespace gantry::cli
