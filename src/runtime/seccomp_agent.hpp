#pragma once

#include "base/fd.hpp"
#include "oci/runtime_spec.hpp"
#include "oci/runtime_state.hpp"

#include <sys/types.h>

namespace gantry::runtime {

/// Sends the listener of a filter with SCMP_ACT_NOTIFY to the agent at linux.seccomp.listenerPath, with the state of
/// the container and the pid of the process that it is of (config-linux.md, "The Container Process State").
Result<> send_to_agent(const oci::Spec& spec, const Fd& listener, pid_t pid, const oci::State& state);

/// Until the other end of `channel` has become its program; a listener that it reports meanwhile goes to the agent.
Result<> await_program(const Fd& channel, const oci::Spec& spec, pid_t pid, const oci::State& state);

}  // namespace gantry::runtime
