#include "runtime_cli/program.hpp"

#include "base/version.hpp"
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
        0, "cgroup-manager", "cgroupfs|systemd|disabled", "Who makes cgroups"),
    options::flag<&Globals::systemd_cgroup>(0, "systemd-cgroup", "As --cgroup-manager systemd"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};

constexpr const Command* kCommands[] = {&kCheckpoint, &kCreate, &kDelete, &kEvents, &kExec,    &kFeatures,
                                        &kKill,       &kList,   &kPause,  &kPs,     &kRestore, &kResume,
                                        &kRun,        &kSpec,   &kStart,  &kState,  &kUpdate};

constexpr options::Example kExamples[] = {
    {"gantry-runtime run --bundle /srv/web web", "Run a container to its end"},
    {"podman --runtime /usr/bin/gantry-runtime run -it debian", "Let podman run its containers with it"},
};

constexpr options::ManSection kSections[] = {
    {"Annotations",
     "Annotations of a config that begin with 'run.oci.' or 'run.gantry.' are orders to the runtime. One of "
     "crun's that it does not offer is an error, and so is one of 'run.gantry.' that does not exist. 'features' lists "
     "them, so that engines can keep images from setting them.\n"
     "run.gantry.landlock: JSON with the absolute paths in the container that its processes may 'read' (and list and "
     "execute) and 'write' (and do anything else), with all below them. All else cannot be opened, by landlock(7). "
     "A terminal and /dev/null are written to: {\"read\": [\"/bin\", \"/lib\", \"/etc\"], \"write\": [\"/dev\", "
     "\"/tmp\"]}.\n"
     "run.oci.hooks.stdout, run.oci.hooks.stderr: files of the host to which the output of hooks is appended.\n"
     "run.oci.keep_original_groups: 1 keeps the supplementary groups of the caller instead of the config's.\n"
     "run.oci.pidfd_receiver: unix socket of the host that gets a pidfd of the container's process.\n"
     "run.oci.seccomp_fail_unknown_syscall: 1 makes an unknown system call in the seccomp section an error."},
    {"Cgroups of systemd",
     "With --systemd-cgroup the container's cgroup is that of a transient scope, which systemd makes: the system's for "
     "root, and the one of the user's session for an ordinary user. The config's linux.cgroupsPath is then "
     "SLICE:PREFIX:NAME, for the scope PREFIX-NAME.scope in that slice; without one it is gantry-CONTAINER.scope in "
     "system.slice or user.slice. systemd knows the limits as properties of the scope and keeps them when it reloads. "
     "The program gantry-systemd speaks to it; the static tarball has none."},
    {"Exit status",
     "0 for success, and 125 for a failure, which is told in one line on standard error. 'run' and 'exec' end with the "
     "status of the process: 126 says that it cannot be executed, 127 that it does not exist, 128 and a number that "
     "this signal ended it."},
    {"Files",
     "/run/gantry-runtime: the state of root's containers.\n"
     "$XDG_RUNTIME_DIR/gantry-runtime: the state of an ordinary user's containers."},
};

constinit const Command kRoot = {
    .name = "gantry-runtime",
    .summary = "Run containers by the OCI runtime specification",
    .synopsis = "[OPTIONS] COMMAND",
    .description =
        "Runs OCI bundles. Its command line is that of runc and crun, so that podman, docker, containerd and "
        "CRI-O can use it in their place.",
    .sections = kSections,
    .examples = kExamples,
    .groups = kGroups,
    .commands = kCommands,
    .manual = 8,
};

}  // namespace

int run_gantry_runtime(std::span<char* const> argv) {
  const std::string versions = fmt::format("{}\nspec: {}", version(), oci::kRuntimeSpecVersion);
  Globals globals;
  return options::run_program({.root = kRoot, .globals = &globals, .ready = &apply_globals, .version = versions}, argv);
}

}  // namespace gantry::runtime_cli
