#pragma once

#include "base/fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace gantry::linux {

/// One line of /proc/<pid>/uid_map: `count` ids from `inside` on are those from `outside` on in the parent namespace.
struct IdMap {
  std::uint32_t inside = 0;
  std::uint32_t outside = 0;
  std::uint32_t count = 0;
  bool operator==(const IdMap&) const = default;
};

struct IdMaps {
  std::vector<IdMap> uids;
  std::vector<IdMap> gids;
  bool operator==(const IdMaps&) const = default;
};

/// True when the caller's user namespace is the machine's own: it maps every id to itself.
bool in_initial_user_namespace();

/// What an ordinary user may map: 0 is the caller's own id, 1 and up are the ranges that /etc/subuid and /etc/subgid
/// give to the user (subuid(5), by name or number). Only the own id when there are none or newuidmap(1) is missing.
Result<IdMaps> rootless_maps();

/// Writes the maps of the user namespace of `pid`: directly where the kernel lets us, else through newuidmap(1) and
/// newgidmap(1). Denies setgroups(2) in the namespace where the kernel demands it (user_namespaces(7)).
/// An ordinary user's `pid` must be dumpable still (PR_SET_DUMPABLE), else its files in /proc belong to root.
Result<> write_id_maps(pid_t pid, const IdMaps& maps);

/// A user namespace with these maps and no process in it: for id-mapped mounts, which take their maps from one.
Result<Fd> make_user_namespace(const IdMaps& maps);

/// Runs `work` in a child that is root of a new user namespace with these maps (and in a mount namespace of its own),
/// and waits. The child dies when the calling thread dies. An error of `work` comes back whole: code, errno, text,
/// cure. The caller must have one thread only, as the child goes on after fork(2) without exec(2).
Result<> in_user_namespace(const IdMaps& maps, const std::function<Result<>()>& work);

}  // namespace gantry::linux
