#pragma once

#include "base/fd.hpp"
#include "base/subprocess.hpp"
#include "linux/cgroup.hpp"
#include "oci/runtime_spec.hpp"
#include "runtime/runtime.hpp"

#include <optional>
#include <string>

// Cgroups that systemd makes: a transient scope for each container. It is spoken to by the program gantry-systemd.
namespace gantry::runtime {

/// What linux.cgroupsPath means to the systemd driver, "SLICE:PREFIX:NAME", as runc and crun read it.
struct ScopeName {
  std::string slice;  ///< "machine.slice"
  std::string unit;   ///< "PREFIX-NAME.scope"

  bool operator==(const ScopeName&) const = default;
};
/// An empty path gives "gantry-ID.scope", and an empty slice system.slice, or the user's user.slice.
Result<ScopeName> scope_name(const std::string& cgroups_path, const std::string& id);

/// A scope on its way. systemd ends one that has no process, so gantry-systemd is in it until this goes, by when the
/// container's process should be there.
class Scope {
 public:
  static Result<Scope> start(const Settings& settings, const ScopeName& name,
                             const std::optional<oci::Resources>& resources);

  const std::string& unit() const { return unit_; }
  /// Its path from the cgroup root.
  const std::string& cgroup() const { return cgroup_; }

 private:
  Scope(std::string unit, std::string cgroup, Fd life, Child holder)
      : unit_(std::move(unit)), cgroup_(std::move(cgroup)), life_(std::move(life)), holder_(std::move(holder)) {}
  std::string unit_;
  std::string cgroup_;
  Fd life_;  ///< the holder's stdin: it goes with us, however we end
  Child holder_;
};

/// For the container's cgroup: what Cgroup::add() does, by systemd where only it may.
Result<> join_cgroup(const Settings& settings, const std::string& unit, const linux::Cgroup& cgroup, pid_t pid,
                     linux::CgroupParts parts);

/// For a process to come that enters the v1 parts by itself: Cgroup::v1_lists(), but none where join_cgroup() has to
/// move it instead.
Result<std::vector<Fd>> ways_into_v1(const std::string& unit, const linux::Cgroup& cgroup);

/// So that systemd does not undo new limits.
Result<> set_unit_limits(const Settings& settings, const std::string& unit, const oci::Resources& resources);

/// Ends the scope. One that is gone is fine.
Result<> stop_unit(const Settings& settings, const std::string& unit);

}  // namespace gantry::runtime
