#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::linux {

enum class CgroupMode {
  none,    ///< no cgroup file system is mounted
  v1,      ///< v1 hierarchies only
  v2,      ///< the v2 tree only
  hybrid,  ///< v1 hierarchies, and a v2 tree beside them
};

/// The parts of a cgroup that a process has yet to be moved into.
struct CgroupParts {
  bool v1 = true;
  bool v2 = true;
};

/// What is mounted, read once in the life of the process.
CgroupMode cgroup_mode();
/// The controllers that can be used here, of all hierarchies.
Result<std::vector<std::string>> cgroup_controllers();
/// The caller's own cgroup as seen from the mount's root, in the hierarchy of `controller` ("": the v2 tree).
/// Code::unsupported when there is none.
Result<std::string> own_cgroup(std::string_view controller);

/// One path in the v2 tree, if the host has one, and in the v1 hierarchies of the wanted controllers.
/// An absolute path starts at the root of each mount, as runc reads it; a relative one at the caller's own cgroup.
/// In all functions the controller "" is the v2 tree itself: for "cgroup.*" files.
class Cgroup {
 public:
  /// Makes the folders, with those above. Controllers that the host has not are left out: see has(). A cgroup that is
  /// there already is used as it is. Code::unsupported without any cgroup mount, Code::denied when we may not write.
  static Result<Cgroup> create(const std::string& path, std::span<const std::string_view> controllers);
  /// Whatever exists of `path`; Code::not_found when nothing does.
  static Result<Cgroup> open(const std::string& path);
  /// The same cgroup from folders(), in another process: right for relative paths too, where open() would start at that
  /// process's own cgroup. Does not ask whether the folders still exist.
  static Result<Cgroup> from_folders(const std::string& path, std::span<const std::string> folders);

  const std::string& path() const { return path_; }
  /// The absolute folder of each part.
  std::vector<std::string> folders() const;
  /// The folder of `controller`; empty when it is not part of this cgroup.
  std::string folder(std::string_view controller) const;

  bool has(std::string_view controller) const;
  /// Whether `controller` is spoken to by the v2 files.
  bool is_v2(std::string_view controller) const;
  /// The v2 folder, for CLONE_INTO_CGROUP; an invalid Fd without one.
  Result<Fd> unified() const;

  /// Moves a process (0: the caller) into these parts.
  Result<> add(pid_t pid, CgroupParts parts = {}) const;
  /// The v1 parts' lists of threads, for enter_v1().
  Result<std::vector<Fd>> v1_lists() const;
  /// Code::unsupported when `controller` is not part of this cgroup.
  Result<> write(std::string_view controller, const std::string& file, std::string_view value) const;
  Result<std::string> read(std::string_view controller, const std::string& file) const;

  /// How often the kernel killed in it for want of memory; 0 without the memory controller.
  std::uint64_t oom_kills() const;

  /// The processes in it and below.
  Result<std::vector<pid_t>> pids() const;
  /// Stops or continues all of them; waits until they all have stopped. Code::unsupported without v2 and v1 freezer.
  Result<> freeze(bool frozen) const;
  Result<bool> frozen() const;
  /// Sends a signal to every process in it and below, also to those that fork meanwhile. Does not wait for their end.
  Result<> kill_all(int signal) const;
  /// Removes it with all below; a missing one is fine. Waits a moment for processes that die just now, else Code::busy.
  Result<> remove() const;

 private:
  struct Part {
    std::string folder;
    std::string controllers;  ///< of a v1 hierarchy: "cpu,cpuacct"
    bool v2 = false;
  };
  explicit Cgroup(std::string path) : path_(std::move(path)) {}
  Result<> make_parts(std::span<const std::string_view> controllers, std::vector<std::string>& made);
  const Part* part_of(std::string_view controller) const;
  /// The part whose processes stand for all: the v2 tree, which can freeze and kill, before any v1 hierarchy.
  const Part& tracking_part() const;
  const Part* freezing_part() const;
  Result<> signal_everyone(int signal) const;

  std::string path_;
  std::vector<Part> parts_;
};

/// The calling process, which has one thread, moves itself into what Cgroup::v1_lists() opened, with the rights of
/// whoever opened it. This is the quick way: before the kernel moves any other process, it waits until nothing on the
/// machine forks or ends, a grace period of 15 ms and more.
Result<> enter_v1(std::span<const Fd> lists);

}  // namespace gantry::linux
