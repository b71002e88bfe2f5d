#include "runtime/reservation.hpp"

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "linux/idmap.hpp"
#include "runtime/delegation.hpp"
#include "runtime/labels.hpp"
#include "runtime/resources.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace gantry::runtime {

Result<> check_request(const CreateRequest& request) {
  const oci::Spec& spec = request.spec;
  TRY(oci::validate(spec));
  if (!spec.process) return fail(Code::invalid, "/process: there is none");
  if (!spec.root) return fail(Code::invalid, "/root: there is none");
  if (oci::find_namespace(spec, oci::NamespaceType::mount) == nullptr)
    return fail(Code::invalid, "/linux/namespaces: a mount namespace is needed").with_cure("add {\"type\": \"mount\"}");
  return check_mount_label(spec);
}

Reservation::~Reservation() {
  if (kept_) return;
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

Result<> Reservation::make() {
  TRY(folder_.write_config(request_.spec));
  TRY(make_cgroup());
  TRY(choose_rdt_group());
  return record_start();
}

Result<> Reservation::make_cgroup() {
  if (request_.cgroup_use == CgroupUse::never) {
    if (!has_limits(resources())) return {};
    return fail(Code::invalid, "/linux/resources: limits need a cgroup, and cgroups are disabled");
  }
  // A scope without a path is named after the container, and not after the path that a cgroup has by default.
  const auto& section = request_.spec.linux;
  if (request_.systemd_scope) return make_scope(section ? section->cgroups_path : std::string());
  std::string path = cgroup_path(request_.spec, request_.id);
  if (path.find(':') != std::string::npos)
    return fail(Code::invalid, "/linux/cgroupsPath: '{}' is for the systemd driver", path)
        .with_cure("use --systemd-cgroup, or a plain path");
  auto made = linux::Cgroup::create(path, controllers_for(resources()));
  if (made) {
    cgroup_ = std::move(*made);
    return apply_limits();
  }
  Code code = made.error().code();
  bool is_needed = request_.cgroup_use == CgroupUse::always || has_limits(resources());
  if (is_needed || (code != Code::denied && code != Code::unsupported))
    return std::move(made.error()).with_context(fmt::format("make cgroup {}", path));
  log::debug("no cgroup for '{}': {}", request_.id, made.error().message());
  return {};
}

Result<> Reservation::make_scope(const std::string& path) {
  scope_ = TRY(Scope::start(settings_, TRY(scope_name(path, request_.id)), resources()));
  record_.unit = scope_->unit();
  cgroup_ = TRY(linux::Cgroup::create(scope_->cgroup(), controllers_for(resources())));
  return apply_limits();
}

Result<> Reservation::apply_limits() {
  const auto& limits = resources();
  if (!limits) return {};
  TRY(apply_resources(*cgroup_, *limits));
  // In a user namespace device nodes cannot be made, and opening one is the host's business.
  if (limits->devices.empty() || !linux::in_initial_user_namespace() || geteuid() != 0) return {};
  return with_context(apply_device_rules(*cgroup_, limits->devices), "/linux/resources/devices");
}

Result<> Reservation::choose_rdt_group() {
  const auto& section = request_.spec.linux;
  if (!section || !section->intel_rdt) return {};
  rdt_ = TRY(plan_rdt(*section->intel_rdt, request_.id));
  record_.rdt_groups = rdt_->own;
  return {};
}

Result<> Reservation::record_start() {
  record_.id = request_.id;
  record_.bundle = request_.bundle;
  record_.created = to_rfc3339(now());
  if (cgroup_) {
    record_.cgroup = cgroup_->path();
    record_.cgroup_folders = cgroup_->folders();
  }
  return folder_.write(record_);
}

Result<std::vector<Fd>> Reservation::ways_into_v1() const {
  if (!cgroup_) return std::vector<Fd>();
  return runtime::ways_into_v1(record_.unit, *cgroup_);
}

Result<> Reservation::place(pid_t pid, linux::CgroupParts parts) {
  if (cgroup_) TRY(join_cgroup(settings_, record_.unit, *cgroup_, pid, parts));
  scope_.reset();
  return rdt_ ? join_rdt(*rdt_, pid) : Result<>();
}

Result<> Reservation::hand_over(pid_t pid) const {
  return cgroup_ ? delegate_cgroup(*cgroup_, request_.spec, pid) : Result<>();
}

Result<> Reservation::record_process() {
  auto stat = linux::process_stat(process_.pid);
  if (!stat) return fail(Code::failed, "the container's process {} is gone", process_.pid);
  record_.pid = process_.pid;
  record_.start_time = stat->start_time;
  TRY(folder_.write(record_));
  if (request_.pid_file.empty()) return {};
  return replace_file(request_.pid_file, fmt::format("{}", process_.pid), 0644, Sync::no);
}

const std::optional<oci::Resources>& Reservation::resources() const {
  static const std::optional<oci::Resources> kNone;
  return request_.spec.linux ? request_.spec.linux->resources : kNone;
}

}  // namespace gantry::runtime
