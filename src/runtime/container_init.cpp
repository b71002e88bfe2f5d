#include "runtime/container_init.hpp"

#include "base/file.hpp"
#include "linux/cgroup.hpp"
#include "linux/mount.hpp"
#include "linux/path.hpp"
#include "runtime/channel.hpp"
#include "runtime/hooks.hpp"
#include "runtime/rootfs.hpp"
#include "runtime/spawn.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace gantry::runtime {

namespace {

class ContainerInit {
 public:
  explicit ContainerInit(InitPlan& plan) : plan_(plan), request_(plan.request), spec_(plan.request.spec) {}

  Error run() {
    mode_t umask_of_caller = umask(0);  // modes are meant as they are written
    auto prepared = prepare();
    umask(umask_of_caller);
    if (!prepared) return std::move(prepared.error());
    return become_process(plan_.process, report_);
  }
  const Fd& report() const { return report_.valid() ? report_ : plan_.channel; }

 private:
  Result<> prepare() {
    TRY(enter_cgroups());
    if (plan_.parent_goes_first) TRY(wait_for_parent());
    if (!plan_.joins) TRY(set_oom_score(plan_.process.process));
    if (plan_.own_user_namespace) TRY(become_namespace_root(plan_.process.keep_original_groups));
    TRY(enter_time_namespace());
    TRY(enter_cgroup_namespace());
    TRY(cut_off_host_mounts());
    rootfs_ = TRY(mount_root(request_, plan_.own_user_namespace, std::move(plan_.root)));
    TRY(mount_all(plan_, rootfs_));
    TRY(make_devices(spec_, plan_.own_user_namespace, rootfs_));
    TRY(make_cwd());
    TRY(set_up_stdio(plan_.process, rootfs_.devpts, &rootfs_.root));
    TRY(run_runtime_hooks());
    TRY(enter_root(rootfs_, request_.no_pivot));
    TRY(set_names());
    TRY(bring_up_loopback());
    TRY(set_sysctls());  // before /proc/sys becomes read-only
    if (spec_.linux) {
      TRY(make_paths_readonly(spec_.linux->readonly_paths, rootfs_.root));
      TRY(mask_paths(spec_.linux->masked_paths, rootfs_.root));
    }
    TRY(finish_root(spec_, rootfs_.root));
    if (!plan_.parent_goes_first) TRY(wait_for_parent());  // now we are on record: nobody can lose us
    report_ = std::move(plan_.channel);
    return run_start_hooks();
  }

  bool is_new(oci::NamespaceType type) const {
    const oci::Namespace* space = oci::find_namespace(spec_, type);
    return space != nullptr && space->path.empty();
  }

  Result<> enter_cgroups() {
    TRY(linux::enter_v1(plan_.v1_cgroups));
    plan_.v1_cgroups.clear();
    return {};
  }

  Result<> wait_for_parent() {
    TRY(await_go(plan_.channel));
    return {};
  }

  /// The clocks' offsets can only be set before the first process is inside.
  Result<> enter_time_namespace() {
    if (!is_new(oci::NamespaceType::time)) return {};
    if (unshare(CLONE_NEWTIME) < 0) return Error::system("make a time namespace");
    for (const auto& [clock, offset] : spec_.linux->time_offsets)
      TRY(write_value("/proc/self/timens_offsets", fmt::format("{} {} {}\n", clock, offset.secs, offset.nanosecs)));
    Fd inside = TRY(open_file("/proc/self/ns/time_for_children", O_RDONLY));
    if (setns(inside.get(), CLONE_NEWTIME) < 0) return Error::system("enter the time namespace");
    return {};
  }

  /// Not by the clone: the namespace's root is the cgroup of whoever makes it, which must be the container's.
  Result<> enter_cgroup_namespace() {
    if (plan_.cgroup_namespace.valid()) return join_cgroup_namespace(plan_.cgroup_namespace);
    if (!is_new(oci::NamespaceType::cgroup)) return {};
    if (unshare(CLONE_NEWCGROUP) < 0) return Error::system("make a cgroup namespace");
    return {};
  }

  Result<> make_cwd() {
    const std::string& cwd = spec_.process->cwd;
    if (linux::clean_path(cwd) == "/") return {};
    auto made = linux::open_or_make_in_root(rootfs_.root, cwd, linux::NodeKind::folder);
    // A read-only root may lack it; entering it will tell.
    if (made || made.error().os_error() == EROFS || made.error().os_error() == EACCES) return {};
    // Magic links and the like are for the kernel to refuse when it is entered.
    if (made.error().os_error() == ELOOP || made.error().os_error() == ENOTDIR) return {};
    return std::move(made.error()).with_context("make the working directory");
  }

  Result<> run_runtime_hooks() {
    if (!spec_.hooks) return {};
    const oci::Hooks& hooks = *spec_.hooks;
    if (!hooks.prestart.empty() || !hooks.create_runtime.empty() || !hooks.create_container.empty()) {
      if (!plan_.parent_goes_first) TRY(wait_for_parent());
      TRY(send_ready_for_hooks(plan_.channel));  // the parent runs its hooks in the runtime's namespaces
      TRY(wait_for_parent());
      plan_.parent_goes_first = true;
    }
    return run_hooks(hooks.create_container, "createContainer", hook_state(oci::Status::creating), plan_.hook_output);
  }

  Result<> set_names() {
    if (!spec_.hostname.empty() && sethostname(spec_.hostname.data(), spec_.hostname.size()) < 0)
      return Error::system("set hostname '{}'", spec_.hostname);
    if (!spec_.domainname.empty() && setdomainname(spec_.domainname.data(), spec_.domainname.size()) < 0)
      return Error::system("set domainname '{}'", spec_.domainname);
    return {};
  }

  Result<> bring_up_loopback() {
    if (!is_new(oci::NamespaceType::network)) return {};
    Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (!socket.valid() || ioctl(socket.get(), SIOCSIFFLAGS, &request) < 0)
      return Error::system("bring up the loopback device");
    return {};
  }

  Result<> set_sysctls() {
    if (!spec_.linux || spec_.linux->sysctl.empty()) return {};
    // A procfs of our own, never what the image or a volume shows at /proc (CVE-2019-16884, CVE-2025-52881).
    if (!rootfs_.proc.valid()) rootfs_.proc = TRY(linux::make_mount("proc", "proc", {}, 0));
    return write_sysctls(spec_.linux->sysctl, rootfs_.proc);
  }

  /// They run when the container is started, so it is we who wait for that, in gantry-init's place.
  Result<> run_start_hooks() {
    if (!spec_.hooks || spec_.hooks->start_container.empty()) return {};
    Fd& listener = plan_.process.start_listener;
    if (listener.valid()) {
      report_.close();  // created
      report_ = Fd(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!report_.valid()) return Error::system("wait for the start");
      listener.close();
    }
    return run_hooks(spec_.hooks->start_container, "startContainer", hook_state(oci::Status::created),
                     plan_.hook_output);
  }

  /// The pid is what the container calls it: these hooks run inside.
  oci::State hook_state(oci::Status status) const {
    return {std::string(oci::kRuntimeSpecVersion), request_.id, status, getpid(), request_.bundle, spec_.annotations};
  }

  InitPlan& plan_;
  const CreateRequest& request_;
  const oci::Spec& spec_;
  Rootfs rootfs_;
  Fd report_;
};

}  // namespace

void run_container_init(InitPlan& plan) {
  ContainerInit init(plan);
  Error error = init.run();
  send_error(init.report(), error);
  _exit(125);
}

}  // namespace gantry::runtime
