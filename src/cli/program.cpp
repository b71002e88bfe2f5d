#include "cli/program.hpp"

#include "base/version.hpp"
#include "cli/build_commands.hpp"
#include "cli/commands.hpp"
#include "cli/container_commands.hpp"
#include "cli/context.hpp"
#include "cli/lab_command.hpp"
#include "options/program.hpp"

namespace gantry::cli {

namespace {

constexpr options::Group kGroups[] = {options::group(options::kGlobalOptions)};

constexpr const Command* kCommands[] = {
    &kArtifact, &kAttach, &kBinfmt,  &kBuild,  &kBuilder, &kCommit,      &kCompletion, &kContainer, &kCp,
    &kCreate,   &kDiff,   &kEvents,  &kExec,   &kExport,  &kHealthcheck, &kHistory,    &kImage,     &kImages,
    &kImport,   &kInfo,   &kInspect, &kKill,   &kLab,     &kLoad,        &kLogin,      &kLogout,    &kLogs,
    &kManifest, &kMount,  &kNetwork, &kPause,  &kPod,     &kPort,        &kPs,         &kPull,      &kPush,
    &kRegistry, &kRename, &kRestart, &kRm,     &kRmi,     &kRun,         &kSave,       &kSearch,    &kSecret,
    &kStart,    &kStats,  &kStop,    &kSystem, &kTag,     &kTask,        &kTop,        &kUnmount,   &kUnpause,
    &kUntag,    &kUpdate, &kVersion, &kVolume, &kWait,
};

constexpr options::Example kExamples[] = {
    {"gantry image bootstrap busybox", "Make a first image, without a registry"},
    {"gantry run -it --rm busybox sh", "Work in a container of it"},
};

constinit const Command kRoot = {
    .name = "gantry",
    .summary = "Run containers and look after their images",
    .synopsis = "[OPTIONS] COMMAND",
    .description =
        "Every container job in one small, fast toolset, without a daemon. Root and ordinary users have "
        "containers and images of their own. Commands, options and output are those of docker and podman.",
    .examples = kExamples,
    .groups = kGroups,
    .commands = kCommands,
};

}  // namespace

int run_gantry(std::span<char* const> argv) {
  Globals globals;
  return options::run_program({.root = kRoot,
                               .globals = &globals,
                               .ready = &options::configure_log,
                               .candidates = &candidates,
                               .version = version()},
                              argv);
}

}  // namespace gantry::cli
