#include "base/file.hpp"
#include "base/text.hpp"
#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

namespace {

struct UpdateArguments {
  std::string resources;
  std::optional<std::int64_t> memory;
  std::optional<std::int64_t> memory_reservation;
  std::optional<std::int64_t> memory_swap;
  std::optional<std::int64_t> kernel_memory;
  std::optional<std::int64_t> kernel_memory_tcp;
  std::optional<std::uint64_t> cpu_period;
  std::optional<std::int64_t> cpu_quota;
  std::optional<std::uint64_t> cpu_burst;
  std::optional<std::uint64_t> cpu_share;
  std::optional<std::uint64_t> cpu_rt_period;
  std::optional<std::int64_t> cpu_rt_runtime;
  std::optional<std::int64_t> cpu_idle;
  std::string cpuset_cpus;
  std::string cpuset_mems;
  std::optional<std::uint16_t> blkio_weight;
  std::optional<std::int64_t> pids_limit;
  std::vector<std::string> names;
};

/// Bytes, with a unit if one likes; -1: no limit.
Result<std::int64_t> read_limit(std::string_view word) {
  if (word == "-1") return std::int64_t{-1};
  auto bytes = TRY(parse_size(word));
  if (bytes > INT64_MAX) return fail(Code::invalid, "'{}' is too large", word);
  return static_cast<std::int64_t>(bytes);
}

/// The limits that single options name.
oci::Resources named_limits(const UpdateArguments& given) {
  oci::Resources limits;
  oci::MemoryLimits memory{.limit = given.memory,
                           .reservation = given.memory_reservation,
                           .swap = given.memory_swap,
                           .kernel = given.kernel_memory,
                           .kernel_tcp = given.kernel_memory_tcp};
  if (memory != oci::MemoryLimits{}) limits.memory = memory;
  oci::CpuLimits cpu{.shares = given.cpu_share,
                     .quota = given.cpu_quota,
                     .burst = given.cpu_burst,
                     .period = given.cpu_period,
                     .realtime_runtime = given.cpu_rt_runtime,
                     .realtime_period = given.cpu_rt_period,
                     .cpus = given.cpuset_cpus,
                     .mems = given.cpuset_mems,
                     .idle = given.cpu_idle};
  if (cpu != oci::CpuLimits{}) limits.cpu = cpu;
  if (given.pids_limit) limits.pids.emplace().limit = *given.pids_limit;
  if (given.blkio_weight) limits.block_io.emplace().weight = given.blkio_weight;
  return limits;
}

Result<oci::Resources> limits_of(const UpdateArguments& arguments) {
  oci::Resources limits = named_limits(arguments);
  bool has_names = limits != oci::Resources{};
  if (arguments.resources.empty()) {
    if (has_names) return limits;
    return fail(Code::invalid, "there is nothing to change")
        .with_cure("give limits by their options, or a file with --resources");
  }
  if (has_names)
    return fail(Code::invalid, "--resources replaces the options for single limits").with_cure("give one or the other");
  std::string path = arguments.resources == "-" ? "/proc/self/fd/0" : arguments.resources;
  return oci::parse_resources(TRY(read_file(path)), arguments.resources);
}

Result<int> update(const Globals& globals, const UpdateArguments& arguments) {
  TRY(runtime::update(TRY(settings(globals)), arguments.names[0], TRY(limits_of(arguments))));
  return 0;
}

using options::option;
using options::read_between;
constexpr auto kMicroseconds = &read_between<0, INT64_MAX, std::uint64_t>;

constexpr options::Option kOptions[] = {
    option<&UpdateArguments::resources>('r', "resources", "PATH", "File with the limits as JSON; -: stdin")
        .completing(options::Completes::files),
    option<&UpdateArguments::memory, read_limit>(0, "memory", "BYTES", "Memory; -1: no limit"),
    option<&UpdateArguments::memory_reservation, read_limit>(0, "memory-reservation", "BYTES",
                                                             "Memory that is left to it when memory is short"),
    option<&UpdateArguments::memory_swap, read_limit>(0, "memory-swap", "BYTES",
                                                      "Memory and swap together; -1: no limit"),
    option<&UpdateArguments::kernel_memory, read_limit>(0, "kernel-memory", "BYTES", "Memory of the kernel (v1)"),
    option<&UpdateArguments::kernel_memory_tcp, read_limit>(0, "kernel-memory-tcp", "BYTES",
                                                            "Memory of TCP buffers (v1)"),
    option<&UpdateArguments::cpu_period, kMicroseconds>(0, "cpu-period", "MICROSECONDS",
                                                        "Period in which --cpu-quota may be used"),
    option<&UpdateArguments::cpu_quota>(0, "cpu-quota", "MICROSECONDS", "Time on processors in a period; -1: no limit"),
    option<&UpdateArguments::cpu_burst, kMicroseconds>(0, "cpu-burst", "MICROSECONDS",
                                                       "Unused quota that may be saved up"),
    option<&UpdateArguments::cpu_share, read_between<0, 262144, std::uint64_t>>(
        0, "cpu-share", "N", "Weight against other containers, 2 to 262144"),
    option<&UpdateArguments::cpu_rt_period, kMicroseconds>(0, "cpu-rt-period", "MICROSECONDS",
                                                           "Period of --cpu-rt-runtime (v1)"),
    option<&UpdateArguments::cpu_rt_runtime>(0, "cpu-rt-runtime", "MICROSECONDS",
                                             "Time of real-time processes in a period (v1)"),
    option<&UpdateArguments::cpu_idle, read_between<0, 1>>(0, "cpu-idle", "0|1", "1: run only when nothing else does"),
    option<&UpdateArguments::cpuset_cpus>(0, "cpuset-cpus", "LIST", "Processors, as 0-3,7"),
    option<&UpdateArguments::cpuset_mems>(0, "cpuset-mems", "LIST", "Memory nodes, as 0-3,7"),
    option<&UpdateArguments::blkio_weight, read_between<10, 1000, std::uint16_t>>(0, "blkio-weight", "N",
                                                                                  "Weight of block I/O, 10 to 1000"),
    option<&UpdateArguments::pids_limit>(0, "pids-limit", "N", "Processes; -1: no limit"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry-runtime update --memory 512m --pids-limit 100 web", "Change two limits"}};

}  // namespace

constinit const Command kUpdate = options::command<update>({
    .name = "update",
    .summary = "Change the limits of a container",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "Changes the limits that options name, or applies a 'resources' section of a config. Others stay as "
                   "they are.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&UpdateArguments::names>(kContainer),
});

}  // namespace gantry::runtime_cli
