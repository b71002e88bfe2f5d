#include "base/clock.hpp"
#include "base/log.hpp"
#include "linux/idmap.hpp"
#include "linux/process.hpp"
#include "runtime/annotations.hpp"
#include "runtime/channel.hpp"
#include "runtime/container_init.hpp"
#include "runtime/hooks.hpp"
#include "runtime/id_maps.hpp"
#include "runtime/intel_rdt.hpp"
#include "runtime/net_devices.hpp"
#include "runtime/resources.hpp"
#include "runtime/scope.hpp"
#include "runtime/seccomp_agent.hpp"
#include "runtime/spawn.hpp"
#include "runtime/start_socket.hpp"
#include "runtime/state_folder.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace gantry::runtime {

namespace {

using oci::NamespaceType;

int clone_flag(oci::NamespaceType type) {
  switch (type) {
    case NamespaceType::pid:
      return CLONE_NEWPID;
    case NamespaceType::network:
      return CLONE_NEWNET;
    case NamespaceType::mount:
      return CLONE_NEWNS;
    case NamespaceType::ipc:
      return CLONE_NEWIPC;
    case NamespaceType::uts:
      return CLONE_NEWUTS;
    case NamespaceType::user:
      return CLONE_NEWUSER;
    case NamespaceType::cgroup:
      return CLONE_NEWCGROUP;
    case NamespaceType::time:
      return CLONE_NEWTIME;
  }
  return 0;
}

Result<> check_request(const CreateRequest& request) {
  const oci::Spec& spec = request.spec;
  TRY(oci::validate(spec));
  if (!spec.process) return fail(Code::invalid, "/process: there is none");
  if (!spec.root) return fail(Code::invalid, "/root: there is none");
  if (oci::find_namespace(spec, NamespaceType::mount) == nullptr)
    return fail(Code::invalid, "/linux/namespaces: a mount namespace is needed").with_cure("add {\"type\": \"mount\"}");
  return check_mount_label(spec);
}

/// One container on its way; what was made so far goes again when it is dropped without done().
class Creation {
 public:
  Creation(const Settings& settings, const CreateRequest& request, Annotations annotations, StateFolder folder)
      : settings_(settings),
        request_(request),
        spec_(request.spec),
        annotations_(std::move(annotations)),
        folder_(std::move(folder)) {}
  ~Creation() {
    if (!done_) undo();
  }

  Result<pid_t> run() {
    TRY(folder_.write_config(spec_));
    TRY(make_cgroup());
    TRY(choose_rdt_group());
    TRY(record_start());  // before the clone: a killed creation can be cleaned up from here
    InitPlan plan = TRY(make_plan());
    TRY(clone_init(plan));
    if (auto made = make_with_init(plan); !made) return cause_of(channel_.parent, std::move(made.error()));
    done_ = true;
    return process_.pid;
  }

 private:
  Result<> make_with_init(const InitPlan& plan) {
    TRY(set_up_from_outside());
    TRY(record_process());
    TRY(hand_out_pidfd());
    TRY(send_go(channel_.parent, process_.pid));
    return follow_init(plan.hook_output);
  }

  Result<> make_cgroup() {
    const auto& resources = this->resources();
    if (request_.cgroup_use == CgroupUse::never) {
      if (!has_limits(resources)) return {};
      return fail(Code::invalid, "/linux/resources: limits need a cgroup, and cgroups are disabled");
    }
    std::string path = cgroup_path(spec_, request_.id);
    if (request_.systemd_scope) return make_scope(path);
    if (path.find(':') != std::string::npos)
      return fail(Code::invalid, "/linux/cgroupsPath: '{}' is for the systemd driver", path)
          .with_cure("use --systemd-cgroup, or a plain path");
    auto made = linux::Cgroup::create(path, controllers_for(resources));
    if (made) {
      cgroup_ = std::move(*made);
      return apply_limits(resources);
    }
    Code code = made.error().code();
    bool is_needed = request_.cgroup_use == CgroupUse::always || has_limits(resources);
    if (is_needed || (code != Code::denied && code != Code::unsupported))
      return std::move(made.error()).with_context(fmt::format("make cgroup {}", path));
    log::debug("no cgroup for '{}': {}", request_.id, made.error().message());
    return {};
  }

  Result<> make_scope(const std::string& path) {
    scope_ = TRY(Scope::start(settings_, TRY(scope_name(path, request_.id)), resources()));
    record_.unit = scope_->unit();
    cgroup_ = TRY(linux::Cgroup::create(scope_->cgroup(), controllers_for(resources())));
    return apply_limits(resources());
  }

  Result<> choose_rdt_group() {
    if (!spec_.linux || !spec_.linux->intel_rdt) return {};
    rdt_ = TRY(plan_rdt(*spec_.linux->intel_rdt, request_.id));
    record_.rdt_groups = rdt_->own;
    return {};
  }

  Result<> apply_limits(const std::optional<oci::Resources>& resources) {
    if (!resources) return {};
    TRY(apply_resources(*cgroup_, *resources));
    // In a user namespace device nodes cannot be made, and opening one is the host's business.
    if (resources->devices.empty() || !linux::in_initial_user_namespace() || geteuid() != 0) return {};
    return with_context(apply_device_rules(*cgroup_, resources->devices), "/linux/resources/devices");
  }

  Result<> record_start() {
    record_.id = request_.id;
    record_.bundle = request_.bundle;
    record_.created = to_rfc3339(now());
    if (cgroup_) {
      record_.cgroup = cgroup_->path();
      record_.cgroup_folders = cgroup_->folders();
    }
    return folder_.write(record_);
  }

  Result<InitPlan> make_plan() {
    ProcessHandles handles{request_.stdio, request_.console_socket, request_.preserve_fds};
    InitPlan plan{.request = request_,
                  .process = TRY(prepare_process(*spec_.process, spec_, annotations_, handles, settings_))};
    plan.process.reap = request_.reap;
    plan.process.new_session_keyring = !request_.no_new_keyring;
    plan.hook_output = TRY(open_hook_output(annotations_));
    if (!request_.start_now) plan.process.start_listener = TRY(listen_for_start(folder_));
    plan.cgroup_folders = record_.cgroup_folders;
    plan.prepared_mounts = TRY(prepare_mounts(request_));
    channel_ = TRY(make_channel());
    plan.channel = std::move(channel_.child);
    return plan;
  }

  Result<> clone_init(InitPlan& plan) {
    Birth birth;
    std::vector<oci::Namespace> spaces = spec_.linux->namespaces;
    // The user namespace first: it gives the rights to join the others.
    std::stable_partition(spaces.begin(), spaces.end(),
                          [](const auto& space) { return space.type == NamespaceType::user; });
    for (const auto& space : spaces) {
      if (!space.path.empty()) birth.join.push_back({TRY(open_file(space.path, O_RDONLY)), clone_flag(space.type)});
      else if (space.type != NamespaceType::cgroup &&
               space.type != NamespaceType::time)  // the child makes these itself
        birth.clone.flags |= static_cast<std::uint64_t>(clone_flag(space.type));
    }
    plan.joins = !birth.join.empty();
    plan.own_user_namespace =
        oci::find_namespace(spec_, NamespaceType::user) != nullptr || !linux::in_initial_user_namespace();
    birth.before_join = [&] { return set_oom_score(plan.process.process); };
    Fd unified = cgroup_ ? TRY(cgroup_->unified()) : Fd();
    born_in_cgroup_ = unified.valid();
    if (born_in_cgroup_) birth.clone.cgroup = &unified;
    plan.parent_goes_first = needs_maps() || has_v1_cgroups();
    auto body = [this, &plan] {
      let_go_in_child();
      run_container_init(plan);
    };
    auto born = spawn(birth, body);
    if (!born && born_in_cgroup_ && may_be_moved_instead(born.error())) {
      born_in_cgroup_ = false;
      birth.clone.cgroup = nullptr;
      plan.parent_goes_first = true;
      born = spawn(birth, body);
    }
    process_ = TRY(std::move(born));
    plan.channel.close();
    return {};
  }

  /// The child's copies: the lock would last until its exec, which may wait for the start, and our end of the channel
  /// would keep our death from it.
  void let_go_in_child() {
    StateFolder dropped = std::move(folder_);
    channel_.parent.close();
  }

  /// While the child waits, or at the same time as it sets up.
  Result<> set_up_from_outside() {
    if (needs_maps()) TRY(with_context(linux::write_id_maps(process_.pid, TRY(id_maps_of(spec_))), "map the ids"));
    if (cgroup_ && (has_v1_cgroups() || !born_in_cgroup_))
      TRY(join_cgroup(settings_, record_.unit, *cgroup_, process_.pid, !born_in_cgroup_));
    scope_.reset();
    if (rdt_) TRY(join_rdt(*rdt_, process_.pid));
    return net_devices_.move_in(spec_, process_.pid);
  }

  Result<> record_process() {
    auto stat = linux::process_stat(process_.pid);
    if (!stat) return fail(Code::failed, "the container's process {} is gone", process_.pid);
    record_.pid = process_.pid;
    record_.start_time = stat->start_time;
    TRY(folder_.write(record_));
    if (request_.pid_file.empty()) return {};
    return replace_file(request_.pid_file, fmt::format("{}", process_.pid), 0644, Sync::no);
  }

  Result<> hand_out_pidfd() {
    if (annotations_.pidfd_receiver.empty()) return {};
    Fd receiver = TRY(with_context(connect_unix(annotations_.pidfd_receiver, "the receiver at"),
                                   "/annotations/run.oci.pidfd_receiver"));
    return send_fd(receiver, process_.pidfd);
  }

  /// Until the child has become gantry-init (or, with start_now, the program).
  Result<> follow_init(const HookOutput& output) {
    oci::State state = make_state(record_, oci::Status::creating, spec_);
    for (Report report = TRY(await_report(channel_.parent)); report.kind != Report::done;
         report = TRY(await_report(channel_.parent))) {
      // Whoever may trace gantry-init, in a shared pid namespace, may speak in its place.
      bool due =
          report.kind == Report::seccomp_listener ? spec_.linux && spec_.linux->seccomp : spec_.hooks.has_value();
      if (!due) return fail(Code::corrupt, "the container's process asks for what the config does not have");
      if (report.kind == Report::seccomp_listener) {
        TRY(send_to_agent(spec_, report.listener, process_.pid, state));
        continue;
      }
      TRY(run_hooks(spec_.hooks->prestart, "prestart", state, output));
      TRY(run_hooks(spec_.hooks->create_runtime, "createRuntime", state, output));
      TRY(send_go(channel_.parent, process_.pid));
    }
    if (!request_.start_now) return check_alive();
    if (!spec_.hooks) return {};
    return run_hooks(spec_.hooks->poststart, "poststart", make_state(record_, oci::Status::running, spec_), output);
  }

  /// A process that is killed on its way cannot say so.
  Result<> check_alive() {
    if (linux::process_alive(process_.pid, record_.start_time)) return {};
    return fail(Code::failed, "the container's process was killed before it was ready")
        .with_cure("if it has a memory limit, raise it");
  }

  void undo() {
    net_devices_.move_back();
    if (process_.pid != 0) {
      best_effort(linux::send_signal(process_.pidfd, SIGKILL));
      waitpid(process_.pid, nullptr, 0);
      if (!request_.pid_file.empty()) best_effort(remove_file(request_.pid_file));
    }
    if (cgroup_) {
      best_effort(cgroup_->kill_all(SIGKILL));
      best_effort(cgroup_->remove());
    }
    if (!record_.unit.empty()) best_effort(stop_unit(settings_, record_.unit));
    best_effort(remove_rdt(record_.rdt_groups));
    best_effort(folder_.remove());
  }

  const std::optional<oci::Resources>& resources() const {
    static const std::optional<oci::Resources> kNone;
    return spec_.linux ? spec_.linux->resources : kNone;
  }

  bool needs_maps() const {
    const oci::Namespace* space = oci::find_namespace(spec_, NamespaceType::user);
    return space != nullptr && space->path.empty();
  }

  /// v1 has no way to be born in a cgroup.
  bool has_v1_cgroups() const { return cgroup_ && (cgroup_->folders().size() > 1 || cgroup_->folder("").empty()); }

  const Settings& settings_;
  const CreateRequest& request_;
  const oci::Spec& spec_;
  Annotations annotations_;
  StateFolder folder_;
  std::optional<Scope> scope_;
  std::optional<linux::Cgroup> cgroup_;
  Record record_;
  Channel channel_;
  linux::Process process_;
  std::optional<RdtGroup> rdt_;
  NetDevices net_devices_;
  bool born_in_cgroup_ = false;
  bool done_ = false;
};

}  // namespace

Result<pid_t> create(const Settings& settings, const CreateRequest& request) {
  TRY(check_request(request));
  Annotations annotations = TRY(read_annotations(request.spec));
  Creation creation(settings, request, std::move(annotations), TRY(StateFolder::make(settings, request.id)));
  return creation.run();
}

}  // namespace gantry::runtime
