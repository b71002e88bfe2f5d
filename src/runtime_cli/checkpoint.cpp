#include "runtime_cli/checkpoint_options.hpp"

#include <sched.h>

namespace gantry::runtime_cli {

Result<criu::Options> criu_options(const CheckpointOptions& given) {
  criu::Options options;
  options.images = TRY(absolute(given.image_path));
  options.work = given.work_path.empty() ? options.images : TRY(absolute(given.work_path));
  options.established_tcp = given.tcp_established;
  options.external_unix_sockets = given.ext_unix_sk;
  options.terminal_of_caller = given.shell_job;
  options.file_locks = given.file_locks;
  options.deduplicate = given.auto_dedup;
  options.cgroups = given.cgroups;
  if (!given.empty_ns.empty()) {
    if (given.empty_ns != "network") return fail(Code::invalid, "--empty-ns takes 'network', not '{}'", given.empty_ns);
    options.empty_namespaces = CLONE_NEWNET;
  }
  return options;
}

namespace {

struct CheckpointArguments {
  CheckpointOptions images;
  std::string parent_path;
  bool leave_running = false;
  bool pre_dump = false;
  bool link_remap = false;
  bool tcp_skip_in_flight = false;
  std::vector<std::string> names;
};

Result<int> checkpoint(const Globals& globals, const CheckpointArguments& arguments) {
  criu::Options options = TRY(criu_options(arguments.images));
  options.leave_running = arguments.leave_running;
  options.link_remap = arguments.link_remap;
  options.skip_in_flight_tcp = arguments.tcp_skip_in_flight;
  options.parent = arguments.parent_path;
  if (options.parent.starts_with('/'))
    return fail(Code::invalid, "--parent-path {} must be relative to the folder of the images", options.parent)
        .with_cure("as CRIU keeps it in the images");
  const std::string& id = arguments.names[0];
  TRY(with_context(runtime::checkpoint(TRY(settings(globals)), id, std::move(options), arguments.pre_dump),
                   "checkpoint container '{}'", id));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&CheckpointArguments::parent_path>(
        0, "parent-path", "PATH", "Earlier images of --pre-dump, as seen from the folder of the images"),
    options::flag<&CheckpointArguments::leave_running>('R', "leave-running", "Let the container go on"),
    options::flag<&CheckpointArguments::pre_dump>(0, "pre-dump", "Save the memory only, and let the container go on"),
    options::flag<&CheckpointArguments::link_remap>(0, "link-remap", "Allow open files that have been removed"),
    options::flag<&CheckpointArguments::tcp_skip_in_flight>(0, "tcp-skip-in-flight",
                                                            "Leave out TCP connections that are being made"),
};
constexpr options::Group kGroups[] = {options::group<&CheckpointArguments::images>(kCheckpointOptions),
                                      options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry-runtime checkpoint --image-path /var/tmp/web web", "Save a container; it ends"}};

}  // namespace

constinit const Command kCheckpoint = options::command<checkpoint>({
    .name = "checkpoint",
    .summary = "Save the processes of a running container",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "Saves the container's processes, with their memory and their open files, for 'restore'. CRIU does "
                   "the work and must be installed; it takes root and a host with cgroup v2 alone. The files of the "
                   "container are not saved.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&CheckpointArguments::names>(kContainer),
});

}  // namespace gantry::runtime_cli
