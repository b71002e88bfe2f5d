#pragma once

#include "base/result.hpp"
#include "systemd/property.hpp"

#include <sys/types.h>

#include <memory>
#include <span>
#include <string>

struct sd_bus;

namespace gantry::systemd {

/// The systemd that cares for us: the system's for root, else the one of the user's session. Its interface is
/// org.freedesktop.systemd1(5).
class Manager {
 public:
  /// Code::not_found when there is none.
  static Result<Manager> connect();

  /// Makes a transient scope that holds the calling process, and gives its cgroup: a path from the cgroup root.
  /// It goes with its last process, a failed one too.
  Result<std::string> start_scope(const std::string& unit, std::span<const Property> properties);
  /// Until the next boot.
  Result<> set(const std::string& unit, std::span<const Property> properties);
  /// Moves a process into the cgroup of the unit, which takes a systemd where source and target have different owners.
  Result<> attach(const std::string& unit, pid_t pid);
  /// A unit that is gone is fine.
  Result<> stop(const std::string& unit);

 private:
  struct Close {
    void operator()(sd_bus* bus) const;
  };
  explicit Manager(sd_bus* bus) : bus_(bus) {}
  std::unique_ptr<sd_bus, Close> bus_;
};

}  // namespace gantry::systemd
