#include "base/log.hpp"
#include "linux/memory_file.hpp"
#include "runtime/process_setup.hpp"

namespace gantry::runtime {

namespace {

int resource_of(oci::RlimitType type) {
  using enum oci::RlimitType;
  switch (type) {
    case as:
      return RLIMIT_AS;
    case core:
      return RLIMIT_CORE;
    case cpu:
      return RLIMIT_CPU;
    case data:
      return RLIMIT_DATA;
    case fsize:
      return RLIMIT_FSIZE;
    case locks:
      return RLIMIT_LOCKS;
    case memlock:
      return RLIMIT_MEMLOCK;
    case msgqueue:
      return RLIMIT_MSGQUEUE;
    case nice:
      return RLIMIT_NICE;
    case nofile:
      return RLIMIT_NOFILE;
    case nproc:
      return RLIMIT_NPROC;
    case rss:
      return RLIMIT_RSS;
    case rtprio:
      return RLIMIT_RTPRIO;
    case rttime:
      return RLIMIT_RTTIME;
    case sigpending:
      return RLIMIT_SIGPENDING;
    case stack:
      return RLIMIT_STACK;
  }
  return RLIMIT_NOFILE;
}

std::string names_of(linux::CapabilityMask mask) {
  std::string names;
  for (unsigned i = 0; i < 64; ++i)
    if (mask & linux::capability_bit(i))
      names += fmt::format("{}{}", names.empty() ? "" : ", ", linux::capability_name(i));
  return names;
}

/// What cannot be granted is left out with a warning, as config.md demands.
class CapabilityReader {
 public:
  explicit CapabilityReader(linux::CapabilityMask grantable) : grantable_(grantable) {}

  linux::CapabilityMask read(const std::vector<std::string>& names) {
    linux::CapabilityMask mask = 0;
    for (const auto& name : names) {
      if (auto number = linux::capability_from_name(name)) mask |= linux::capability_bit(*number);
      else log::warning("/process/capabilities: {}", number.error().message());
    }
    refused_ |= mask & ~grantable_;
    return mask & grantable_;
  }
  void warn() const {
    if (refused_ != 0) log::warning("/process/capabilities: cannot grant {}", names_of(refused_));
  }

 private:
  linux::CapabilityMask grantable_;
  linux::CapabilityMask refused_ = 0;
};

/// Root of a user namespace has all of them there; others can pass on what they have.
Result<linux::CapabilityMask> grantable_in(const oci::Spec& spec) {
  linux::CapabilityMask all = linux::all_capabilities();
  if (oci::find_namespace(spec, oci::NamespaceType::user) != nullptr) return all;
  return all & TRY(linux::permitted_capabilities());
}

Result<std::optional<linux::CapabilitySets>> capabilities_of(const oci::Process& process, const oci::Spec& spec) {
  if (!process.capabilities) return std::nullopt;
  const auto& given = *process.capabilities;
  CapabilityReader reader(TRY(grantable_in(spec)));
  linux::CapabilitySets sets{reader.read(given.bounding), reader.read(given.effective), reader.read(given.permitted),
                             reader.read(given.inheritable), reader.read(given.ambient)};
  reader.warn();
  // `runc spec` asks for ambient capabilities that are not inheritable, which the kernel cannot give: as runc and crun
  // do, they are left out.
  sets.ambient &= sets.permitted & sets.inheritable;
  return sets;
}

}  // namespace

Result<ProcessSetup> prepare_process(const oci::Process& process, const oci::Spec& spec, const Annotations& annotations,
                                     const ProcessHandles& handles, const Settings& settings) {
  if (process.terminal && handles.console_socket < 0)
    return fail(Code::invalid, "/process/terminal is set, but nobody takes the terminal")
        .with_cure("use --console-socket");
  ProcessSetup setup{.process = process, .handles = handles, .capabilities = TRY(capabilities_of(process, spec))};
  for (const auto& limit : process.rlimits) setup.limits.push_back({resource_of(limit.type), {limit.soft, limit.hard}});
  setup.scheduling = TRY(plan_scheduling(process, spec));
  setup.labels = TRY(plan_labels(process));
  setup.keep_original_groups = annotations.keep_original_groups;
  setup.landlock = annotations.landlock;
  if (spec.linux && spec.linux->seccomp)
    setup.seccomp =
        TRY(compile_seccomp(*spec.linux->seccomp, annotations.fail_unknown_syscall, settings.root + "/.seccomp"));
  setup.init_program = TRY(linux::make_sealed_program(settings.init_program));
  return setup;
}

}  // namespace gantry::runtime
