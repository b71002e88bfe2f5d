#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <string>
#include <vector>

// Sockets of the host in a container's programs: when one of them listens on a published port, its descriptor becomes
// that of a socket which has the port on the host. Nothing is translated or copied on the way of a byte. What may be
// asked of the agent by hostile programs, and what keeps its sockets from being turned around, is in decision 0019.

namespace gantry::net {

/// A port of the container, and the socket of TCP that is bound to one of the host for it.
struct Graft {
  std::uint16_t port = 0;
  Fd socket;
  bool handed_over = false;  ///< the container has it
};

/// Code::unsupported on a kernel that cannot say in which network namespace a socket is (before 5.14).
Result<> check_graft_kernel();

/// Answers what comes by the listeners of seccomp filters, of which each is sent to `agents` (a listening unix socket)
/// as the runtime-spec has it ("The Container Process State"). Returns when the last of them has no process any more,
/// or when `starter` (a pidfd) ends before the first one came.
Result<> serve_grafts(const Fd& agents, const Fd& starter, std::vector<Graft> grafts);

}  // namespace gantry::net
