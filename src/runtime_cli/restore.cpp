#include "runtime_cli/checkpoint_options.hpp"
#include "runtime_cli/foreground.hpp"
#include "runtime_cli/start_options.hpp"

namespace gantry::runtime_cli {

namespace {

struct RestoreArguments {
  BundleOptions bundle;
  CheckpointOptions images;
  bool detach = false;
  std::string lsm_profile;
  std::string lsm_mount_context;
  std::vector<std::string> names;
};

Result<int> restore(const Globals& globals, const RestoreArguments& arguments) {
  Fd console;
  runtime::CreateRequest request = TRY(make_request(globals, arguments.names[0], arguments.bundle, console));
  runtime::Settings settings = TRY(runtime_cli::settings(globals));
  criu::Options options = TRY(criu_options(arguments.images));
  options.lsm_profile = arguments.lsm_profile;
  options.lsm_mount_context = arguments.lsm_mount_context;
  RunMode mode{.detach = arguments.detach, .adopt = !arguments.bundle.no_subreaper};
  return run_container(settings, request, mode, [&] {
    return with_context(runtime::restore(settings, request, options), "restore container '{}'", request.id);
  });
}

constexpr options::Option kOptions[] = {
    options::flag<&RestoreArguments::detach>('d', "detach", "Return once the container runs"),
    options::option<&RestoreArguments::lsm_profile>(0, "lsm-profile", "TYPE:NAME",
                                                    "The label of the processes: apparmor:NAME or selinux:LABEL"),
    options::option<&RestoreArguments::lsm_mount_context>(0, "lsm-mount-context", "LABEL",
                                                          "The SELinux label of the mounts"),
};
constexpr options::Group kGroups[] = {options::group<&RestoreArguments::bundle>(kBundleOptions),
                                      options::group<&RestoreArguments::images>(kCheckpointOptions),
                                      options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry-runtime restore --bundle /srv/web --image-path /var/tmp/web web", "Let a saved container go on"}};

}  // namespace

constinit const Command kRestore = options::command<restore>({
    .name = "restore",
    .summary = "Make a container from what 'checkpoint' saved",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "Makes the container of the bundle, with the processes that were saved instead of new ones. The "
                   "bundle's files must be what they were. Signals are passed on, and the exit status is that of its "
                   "process. CRIU does the work and must be installed. Hooks of the start are not run.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&RestoreArguments::names>(kContainer),
});

}  // namespace gantry::runtime_cli
