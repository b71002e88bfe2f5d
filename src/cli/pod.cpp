#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/pod_commands.hpp"

namespace gantry::cli {

namespace {

constexpr const Command* kCommands[] = {&kPodClone, &kPodCreate, &kPodExists, &kPodInspect, &kPodKill, &kPodLogs,
                                        &kPodLs,    &kPodPause,  &kPodPrune,  &kPodRestart, &kPodRm,   &kPodStart,
                                        &kPodStats, &kPodStop,   &kPodTop,    &kPodUnpause};

}  // namespace

constinit const Command kPod = {
    .name = "pod",
    .summary = "Work with pods",
    .synopsis = "COMMAND",
    .description =
        "A pod is a group of containers that share namespaces, limits and a life. `gantry run --pod` puts a "
        "container into one.",
    .commands = kCommands,
};

}  // namespace gantry::cli
