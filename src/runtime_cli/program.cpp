#include "runtime_cli/program.hpp"

#include "base/version.hpp"
#include "options/print.hpp"
#include "options/program.hpp"
#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

namespace {

constexpr options::Choice<log::Format> kFormats[] = {{"text", log::Format::text}, {"json", log::Format::json}};

constexpr options::Choice<CgroupManager> kManagers[] = {
    {"cgroupfs", CgroupManager::cgroupfs}, {"systemd", CgroupManager::systemd}, {"disabled", CgroupManager::disabled}};
constexpr options::Choice<Rootless> kRootless[] = {
    {"true", Rootless::yes}, {"false", Rootless::no}, {"auto", Rootless::detect}};

constexpr options::Option kOptions[] = {
    options::option<&Globals::root>(0, "root", "PATH", "Where the state of containers is kept")
        .completing(options::Completes::folders),
    options::option<&Globals::log>(0, "log", "PATH", "File that gets the messages; errors go to stderr too")
        .completing(options::Completes::files),
    options::option<&Globals::log_format, options::read_choice<kFormats>>(0, "log-format", "text|json",
                                                                          "How messages are written"),
    options::flag<&Globals::debug>(0, "debug", "Log what is done"),
    options::option<&Globals::rootless, options::read_choice<kRootless>>(
        0, "rootless", "true|false|auto",
        "Whether a container without limits runs where we may not make its cgroup; false: no"),
    options::option<&Globals::cgroup_manager, options::read_choice<kManagers>>(
        0, "cgroup-manager", "cgroupfs|systemd|disabled", "Who makes cgroups (systemd: refused)"),
    options::flag<&Globals::systemd_cgroup>(0, "systemd-cgroup", "As --cgroup-manager systemd: refused"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};

constexpr const Command* kCommands[] = {&kCreate, &kDelete, &kEvents, &kExec, &kKill,  &kList,  &kPause,
                                        &kPs,     &kResume, &kRun,    &kSpec, &kStart, &kState, &kUpdate};

constexpr options::Example kExamples[] = {
    {"gantry-runtime run --bundle /srv/web web", "Run a container to its end"},
    {"podman --runtime /usr/bin/gantry-runtime run -it debian", "Let podman run its containers with it"},
};

constinit const Command kRoot = {
    .name = "gantry-runtime",
    .summary = "Run containers by the OCI runtime specification",
    .synopsis = "[OPTIONS] COMMAND",
    .description =
        "Runs OCI bundles. Its command line is that of runc and crun, so that podman, docker, containerd and "
        "CRI-O can use it in their place.",
    .examples = kExamples,
    .groups = kGroups,
    .commands = kCommands,
};

}  // namespace

int run_gantry_runtime(std::span<char* const> argv) {
  if (argv.size() == 2 && (std::string_view(argv[1]) == "--version" || std::string_view(argv[1]) == "-v"))
    return options::print(fmt::format("gantry-runtime version {}\nspec: {}\n", version(), oci::kRuntimeSpecVersion))
               ? 0
               : 125;
  Globals globals;
  return options::run_program({.root = kRoot, .globals = &globals, .ready = &apply_globals}, argv);
}

}  // namespace gantry::runtime_cli
