#include "linux/idmap.hpp"
#include "linux/process.hpp"
#include "runtime/annotations.hpp"
#include "runtime/channel.hpp"
#include "runtime/container_init.hpp"
#include "runtime/hooks.hpp"
#include "runtime/id_maps.hpp"
#include "runtime/net_devices.hpp"
#include "runtime/reservation.hpp"
#include "runtime/seccomp_agent.hpp"
#include "runtime/spawn.hpp"
#include "runtime/start_socket.hpp"
#include "runtime/state_folder.hpp"

#include <fcntl.h>
#include <sched.h>

#include <algorithm>

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

/// One container on its way; what was made so far goes again when it is dropped unfinished.
class Creation {
 public:
  Creation(const Settings& settings, const CreateRequest& request, Annotations annotations, StateFolder folder)
      : settings_(settings),
        request_(request),
        spec_(request.spec),
        annotations_(std::move(annotations)),
        reservation_(settings, request, std::move(folder)) {}
  ~Creation() {
    if (!done_) net_devices_.move_back();
  }

  Result<pid_t> run() {
    TRY(reservation_.make());  // before the clone: a killed creation can be cleaned up from here
    InitPlan plan = TRY(make_plan());
    TRY(clone_init(plan));
    if (auto made = make_with_init(plan); !made) return cause_of(channel_.parent, std::move(made.error()));
    done_ = true;
    reservation_.keep();
    return pid();
  }

 private:
  Result<> make_with_init(const InitPlan& plan) {
    TRY(set_up_from_outside());
    TRY(reservation_.record_process());
    TRY(hand_out_pidfd());
    TRY(send_go(channel_.parent, pid()));
    return follow_init(plan.hook_output);
  }

  Result<InitPlan> make_plan() {
    ProcessHandles handles{request_.stdio, request_.console_socket, request_.preserve_fds};
    InitPlan plan{.request = request_,
                  .process = TRY(prepare_process(*spec_.process, spec_, annotations_, handles, settings_))};
    plan.process.reap = request_.reap;
    plan.process.new_session_keyring = !request_.no_new_keyring;
    plan.hook_output = TRY(open_hook_output(annotations_));
    if (!request_.start_now) plan.process.start_listener = TRY(listen_for_start(reservation_.folder()));
    plan.cgroup_folders = reservation_.record().cgroup_folders;
    plan.prepared_mounts = TRY(prepare_mounts(request_));
    plan.root = TRY(prepare_root(request_));
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
      if (space.type == NamespaceType::cgroup && !space.path.empty())
        plan.cgroup_namespace = TRY(open_file(space.path, O_RDONLY));
      else if (!space.path.empty())
        birth.join.push_back({TRY(open_file(space.path, O_RDONLY)), clone_flag(space.type)});
      else if (space.type != NamespaceType::cgroup &&
               space.type != NamespaceType::time)  // the child makes these itself
        birth.clone.flags |= static_cast<std::uint64_t>(clone_flag(space.type));
    }
    plan.joins = !birth.join.empty();
    plan.own_user_namespace =
        oci::find_namespace(spec_, NamespaceType::user) != nullptr || !linux::in_initial_user_namespace();
    birth.before_join = [&] { return set_oom_score(plan.process.process); };
    Fd unified = reservation_.cgroup() ? TRY(reservation_.cgroup()->unified()) : Fd();
    if (unified.valid()) birth.clone.cgroup = &unified;
    plan.v1_cgroups = TRY(reservation_.ways_into_v1());
    cgroups_left_ = {.v1 = reservation_.has_v1_cgroups() && plan.v1_cgroups.empty(), .v2 = !unified.valid()};
    plan.parent_goes_first = needs_maps() || cgroups_left_.v1;
    auto body = [this, &plan] {
      let_go_in_child();
      run_container_init(plan);
    };
    auto born = spawn(birth, body);
    if (!born && unified.valid() && may_be_moved_instead(born.error())) {
      cgroups_left_.v2 = true;
      birth.clone.cgroup = nullptr;
      plan.parent_goes_first = true;
      born = spawn(birth, body);
    }
    reservation_.own(TRY(std::move(born)));
    plan.channel.close();
    return {};
  }

  /// The child's copies: the lock would last until its exec, which may wait for the start, and our end of the channel
  /// would keep our death from it.
  void let_go_in_child() {
    StateFolder dropped = std::move(reservation_.folder());
    channel_.parent.close();
  }

  /// While the child waits, or at the same time as it sets up.
  Result<> set_up_from_outside() {
    if (needs_maps()) TRY(with_context(linux::write_id_maps(pid(), TRY(id_maps_of(spec_))), "map the ids"));
    TRY(reservation_.place(pid(), cgroups_left_));
    TRY(reservation_.hand_over(pid()));
    TRY(net_devices_.move_in(spec_, pid()));
    if (!request_.connect) return {};
    return request_.connect(pid());
  }

  Result<> hand_out_pidfd() {
    if (annotations_.pidfd_receiver.empty()) return {};
    Fd receiver = TRY(with_context(connect_unix(annotations_.pidfd_receiver, "the receiver at"),
                                   "/annotations/run.oci.pidfd_receiver"));
    return send_fd(receiver, reservation_.process().pidfd);
  }

  /// Until the child has become gantry-init (or, with start_now, the program).
  Result<> follow_init(const HookOutput& output) {
    oci::State state = make_state(reservation_.record(), oci::Status::creating, spec_);
    for (Report report = TRY(await_report(channel_.parent)); report.kind != Report::done;
         report = TRY(await_report(channel_.parent))) {
      // Whoever may trace gantry-init, in a shared pid namespace, may speak in its place.
      bool due =
          report.kind == Report::seccomp_listener ? spec_.linux && spec_.linux->seccomp : spec_.hooks.has_value();
      if (!due) return fail(Code::corrupt, "the container's process asks for what the config does not have");
      if (report.kind == Report::seccomp_listener) {
        TRY(send_to_agent(spec_, report.listener, pid(), state));
        continue;
      }
      TRY(run_hooks(spec_.hooks->prestart, "prestart", state, output));
      TRY(run_hooks(spec_.hooks->create_runtime, "createRuntime", state, output));
      TRY(send_go(channel_.parent, pid()));
    }
    if (!request_.start_now) return check_alive();
    if (!spec_.hooks) return {};
    return run_hooks(spec_.hooks->poststart, "poststart",
                     make_state(reservation_.record(), oci::Status::running, spec_), output);
  }

  /// A process that is killed on its way cannot say so.
  Result<> check_alive() {
    if (linux::process_alive(pid(), reservation_.record().start_time)) return {};
    return fail(Code::failed, "the container's process was killed before it was ready")
        .with_cure("if it has a memory limit, raise it");
  }

  bool needs_maps() const {
    const oci::Namespace* space = oci::find_namespace(spec_, NamespaceType::user);
    return space != nullptr && space->path.empty();
  }

  pid_t pid() const { return reservation_.process().pid; }

  const Settings& settings_;
  const CreateRequest& request_;
  const oci::Spec& spec_;
  Annotations annotations_;
  Reservation reservation_;
  Channel channel_;
  NetDevices net_devices_;
  linux::CgroupParts cgroups_left_;  ///< for us to move it into
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
