#include "base/file.hpp"
#include "linux/path.hpp"
#include "linux/process.hpp"
#include "runtime/annotations.hpp"
#include "runtime/channel.hpp"
#include "runtime/process_setup.hpp"
#include "runtime/runtime.hpp"
#include "runtime/scope.hpp"
#include "runtime/seccomp_agent.hpp"
#include "runtime/spawn.hpp"
#include "runtime/state_folder.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <algorithm>

namespace gantry::runtime {

namespace {

struct Kind {
  oci::NamespaceType type;
  int flag;
  const char* file;
};
constexpr Kind kKinds[] = {
    {oci::NamespaceType::user, CLONE_NEWUSER, "user"},       {oci::NamespaceType::mount, CLONE_NEWNS, "mnt"},
    {oci::NamespaceType::pid, CLONE_NEWPID, "pid"},          {oci::NamespaceType::network, CLONE_NEWNET, "net"},
    {oci::NamespaceType::ipc, CLONE_NEWIPC, "ipc"},          {oci::NamespaceType::uts, CLONE_NEWUTS, "uts"},
    {oci::NamespaceType::cgroup, CLONE_NEWCGROUP, "cgroup"}, {oci::NamespaceType::time, CLONE_NEWTIME, "time"},
};

/// The namespaces of the container that are not ours as well: joining one's own user namespace is an error.
Result<int> namespaces_to_join(pid_t pid) {
  int flags = 0;
  for (const auto& kind : kKinds) {
    struct stat own, theirs;
    if (stat(fmt::format("/proc/self/ns/{}", kind.file).c_str(), &own) < 0) continue;  // not in this kernel
    if (stat(fmt::format("/proc/{}/ns/{}", pid, kind.file).c_str(), &theirs) < 0)
      return Error::system("look at the namespaces of process {}", pid);
    if (own.st_ino != theirs.st_ino || own.st_dev != theirs.st_dev) flags |= kind.flag;
  }
  return flags;
}

/// The container's own devpts, or nothing: what is mounted there may be anything (CVE-2026-88264 and kin).
Result<Fd> container_devpts() {
  Fd root = TRY(open_file("/", O_PATH | O_DIRECTORY));
  Fd devpts = TRY(linux::open_in_root(root, "/dev/pts", O_RDONLY | O_DIRECTORY));
  struct statfs info;
  if (fstatfs(devpts.get(), &info) < 0 || info.f_type != DEVPTS_SUPER_MAGIC)
    return fail(Code::denied, "/dev/pts of the container is no devpts").with_cure("run without a terminal");
  return devpts;
}

/// Where the process runs, before and in the container's cgroup; none: wherever its cgroup lets it.
struct Affinity {
  BitSet initial;
  BitSet final;
};

Result<std::optional<Affinity>> plan_affinity(const oci::Process& process) {
  const auto& given = process.exec_cpu_affinity;
  if (!given || (given->initial.empty() && given->final.empty())) return std::nullopt;
  Affinity affinity;
  if (!given->initial.empty())
    affinity.initial = TRY(with_context(parse_bit_set(given->initial), "/process/execCPUAffinity/initial"));
  if (!given->final.empty())
    affinity.final = TRY(with_context(parse_bit_set(given->final), "/process/execCPUAffinity/final"));
  return affinity;
}

struct ExecPlan {
  ProcessSetup process;
  std::optional<Affinity> affinity;
  bool own_user_namespace = false;
  std::vector<Fd> v1_cgroups;  ///< to enter first: linux::enter_v1()
  Fd cgroup_namespace;         ///< a pidfd; joined by the child itself: see JoinNamespace
  Fd channel;
};

Result<> prepare_inside(ExecPlan& plan) {
  TRY(linux::enter_v1(plan.v1_cgroups));
  plan.v1_cgroups.clear();
  if (plan.cgroup_namespace.valid()) TRY(join_cgroup_namespace(plan.cgroup_namespace));
  if (plan.own_user_namespace) TRY(become_namespace_root(plan.process.keep_original_groups));
  Fd devpts = plan.process.process.terminal ? TRY(container_devpts()) : Fd();
  TRY(set_up_stdio(plan.process, devpts, nullptr));
  TRY(await_go(plan.channel));
  if (plan.affinity) TRY(set_cpu_affinity(plan.affinity->final));
  return {};
}

[[noreturn]] void run_exec(ExecPlan& plan) {
  auto prepared = prepare_inside(plan);
  Error error = prepared ? become_process(plan.process, plan.channel) : std::move(prepared.error());
  send_error(plan.channel, error);
  _exit(125);
}

/// A cgroup below the container's own, as `--cgroup` has it.
Result<std::optional<linux::Cgroup>> exec_cgroup(const Record& record, const std::string& below) {
  auto cgroup = TRY(cgroup_of(record));
  if (!cgroup || below.empty()) return cgroup;
  return std::optional(TRY(linux::Cgroup::open(record.cgroup + linux::clean_path(below))));
}

Result<linux::Process> spawn_in_cgroup(Birth& birth, const std::optional<linux::Cgroup>& cgroup,
                                       const std::function<void()>& body) {
  Fd unified = cgroup ? TRY(cgroup->unified()) : Fd();
  if (unified.valid()) {
    birth.clone.cgroup = &unified;
    auto born = spawn(birth, body);
    if (born || !may_be_moved_instead(born.error())) return born;
    birth.clone.cgroup = nullptr;
  }
  return spawn(birth, body);
}

Result<> let_go(const linux::Process& process, const Fd& channel, const std::string& pid_file) {
  if (!pid_file.empty()) TRY(replace_file(pid_file, fmt::format("{}", process.pid), 0644, Sync::no));
  TRY(send_go(channel, process.pid));
  return {};
}

Result<> check_status(const std::string& id, oci::Status status, bool ignore_paused) {
  if (status == oci::Status::running || (ignore_paused && status == oci::Status::paused)) return {};
  Error error = fail(Code::invalid, "container '{}' is {}, not running", id, oci::name_of(status));
  if (status != oci::Status::paused) return error;
  return std::move(error).with_cure("resume it, or use --ignore-paused to wait for that");
}

}  // namespace

Result<oci::Spec> config_of(const Settings& settings, const std::string& id) {
  StateFolder folder = TRY(StateFolder::open(settings, id));
  oci::Spec spec = TRY(folder.read_config());
  if (!spec.process) return fail(Code::corrupt, "container '{}' has no config", id);
  return spec;
}

bool may_trace(const oci::Spec& spec) {
  if (oci::find_namespace(spec, oci::NamespaceType::user) != nullptr) return false;
  const auto& granted = spec.process->capabilities;
  return !granted || std::ranges::find(granted->bounding, "CAP_SYS_PTRACE") != granted->bounding.end();
}

Result<pid_t> exec(const Settings& settings, const std::string& id, const ExecRequest& request) {
  TRY(oci::validate(request.process, ""));
  StateFolder folder = TRY(StateFolder::open(settings, id));
  Record record = TRY(folder.read());
  TRY(check_status(id, status_of(folder, record), request.ignore_paused));
  oci::Spec spec = TRY(folder.read_config());

  ProcessHandles handles{request.stdio, request.console_socket, request.preserve_fds};
  ExecPlan plan{.process = TRY(prepare_process(request.process, spec, TRY(read_annotations(spec)), handles, settings)),
                .affinity = TRY(plan_affinity(request.process))};
  Channel channel = TRY(make_channel());
  plan.channel = std::move(channel.child);

  Birth birth;
  Fd init = TRY(linux::open_pidfd(record.pid));
  int flags = TRY(namespaces_to_join(record.pid));
  if (!linux::process_alive(record.pid, record.start_time))
    return fail(Code::invalid, "container '{}' is stopped, not running", id);
  plan.own_user_namespace = (flags & CLONE_NEWUSER) != 0;
  if ((flags & CLONE_NEWCGROUP) != 0) plan.cgroup_namespace = TRY(init.duplicate());
  birth.join.push_back({std::move(init), flags & ~CLONE_NEWCGROUP});
  birth.before_join = [&]() -> Result<> {
    if (plan.affinity && !plan.affinity->initial.empty()) TRY(set_cpu_affinity(plan.affinity->initial));
    return set_oom_score(request.process);
  };

  auto body = [&] {
    // Our end of the channel would keep our death from the child, and the lock is ours alone.
    channel.parent.close();
    StateFolder dropped = std::move(folder);
    run_exec(plan);
  };
  auto cgroup = TRY(exec_cgroup(record, request.cgroup));
  // A process that is born frozen cannot let go of its copy of the lock, which whoever resumes the container needs.
  if (request.ignore_paused) StateFolder released = std::move(folder);
  const std::string unit = request.cgroup.empty() ? record.unit : "";  // it knows nothing of cgroups below
  if (cgroup) plan.v1_cgroups = TRY(ways_into_v1(unit, *cgroup));
  linux::CgroupParts parts{.v1 = plan.v1_cgroups.empty()};
  linux::Process process = TRY(with_context(spawn_in_cgroup(birth, cgroup, body), "enter container '{}'", id));
  plan.channel.close();
  parts.v2 = birth.clone.cgroup == nullptr;
  auto started = cgroup ? join_cgroup(settings, unit, *cgroup, process.pid, parts) : Result<>();
  if (started) started = let_go(process, channel.parent, request.pid_file);
  if (started)
    started = await_program(channel.parent, spec, process.pid, make_state(record, oci::Status::running, spec));
  if (started) return process.pid;
  best_effort(linux::send_signal(process.pidfd, SIGKILL));
  waitpid(process.pid, nullptr, 0);
  return cause_of(channel.parent, std::move(started.error()));
}

}  // namespace gantry::runtime
