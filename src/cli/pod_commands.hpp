#pragma once

#include "cli/filters.hpp"
#include "engine/pods.hpp"
#include "options/command.hpp"

// The commands of `gantry pod`.

namespace gantry::cli {

using options::Command;

extern const Command kPodClone, kPodCreate, kPodExists, kPodInspect, kPodKill, kPodLogs, kPodLs, kPodPause, kPodPrune,
    kPodRestart, kPodRm, kPodStart, kPodStats, kPodStop, kPodTop, kPodUnpause;

/// Pods that --filter shows: by id, name, label, status, ctr-names, ctr-ids, ctr-number, ctr-status, network or until.
Result<std::vector<engine::Pod>> filtered_pods(engine::Engine& engine, const Filters& filters);

}  // namespace gantry::cli
