#pragma once

#include "linux/cgroup.hpp"
#include "linux/process.hpp"
#include "runtime/intel_rdt.hpp"
#include "runtime/runtime.hpp"
#include "runtime/scope.hpp"
#include "runtime/state_folder.hpp"

#include <optional>

namespace gantry::runtime {

/// What no container can be made of; names the member.
Result<> check_request(const CreateRequest& request);

/// What a new container takes of the host: its state folder, its cgroup, its pid file. All of it goes again, with the
/// container's processes, unless it is kept.
class Reservation {
 public:
  /// `folder` is a new one.
  Reservation(const Settings& settings, const CreateRequest& request, StateFolder folder)
      : settings_(settings), request_(request), folder_(std::move(folder)) {}
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  ~Reservation();

  /// The config, the cgroup with its limits and the record of them: a process that is killed afterwards leaves what
  /// can be cleaned up.
  Result<> make();
  /// Puts the container's process in those parts of its cgroup, and in what else is like one.
  Result<> place(pid_t pid, linux::CgroupParts parts);
  /// What the container may do with its cgroup. `pid` is in its user namespace.
  Result<> hand_over(pid_t pid) const;
  /// The container's process; from here on the reservation ends it.
  void own(linux::Process process) { process_ = std::move(process); }
  /// Its process in the record and in the pid file.
  Result<> record_process();
  /// The container is there now.
  void keep() { kept_ = true; }

  StateFolder& folder() { return folder_; }
  const Record& record() const { return record_; }
  const std::optional<linux::Cgroup>& cgroup() const { return cgroup_; }
  const linux::Process& process() const { return process_; }
  /// v1 has no way to be born in a cgroup.
  bool has_v1_cgroups() const { return cgroup_ && (cgroup_->folders().size() > 1 || cgroup_->folder("").empty()); }
  /// By these the process enters them; none where it has to be moved.
  Result<std::vector<Fd>> ways_into_v1() const;

 private:
  const std::optional<oci::Resources>& resources() const;
  Result<> make_cgroup();
  Result<> make_scope(const std::string& path);
  Result<> apply_limits();
  Result<> choose_rdt_group();
  Result<> record_start();

  const Settings& settings_;
  const CreateRequest& request_;
  StateFolder folder_;
  Record record_;
  std::optional<Scope> scope_;
  std::optional<linux::Cgroup> cgroup_;
  std::optional<RdtGroup> rdt_;
  linux::Process process_;
  bool kept_ = false;
};

}  // namespace gantry::runtime
