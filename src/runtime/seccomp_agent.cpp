#include "runtime/seccomp_agent.hpp"

#include "runtime/channel.hpp"

namespace gantry::runtime {

Result<> send_to_agent(const oci::Spec& spec, const Fd& listener, pid_t pid, const oci::State& state) {
  const oci::Seccomp& seccomp = *spec.linux->seccomp;
  oci::ContainerProcessState message{.oci_version = state.oci_version,
                                     .fds = {"seccompFd"},
                                     .pid = pid,
                                     .metadata = seccomp.listener_metadata,
                                     .state = state};
  auto connected =
      with_context(connect_unix(seccomp.listener_path, "the seccomp agent at"), "/linux/seccomp/listenerPath");
  if (!connected && connected.error().os_error() != 0)
    return std::move(connected.error()).with_cure("start the agent first");
  Fd socket = TRY(std::move(connected));
  return with_context(send_fd(socket, listener, oci::write_container_process_state(message)), "{}",
                      seccomp.listener_path);
}

Result<> await_program(const Fd& channel, const oci::Spec& spec, pid_t pid, const oci::State& state) {
  while (true) {
    Report report = TRY(await_report(channel));
    if (report.kind != Report::seccomp_listener) return {};
    TRY(send_to_agent(spec, report.listener, pid, state));
  }
}

}  // namespace gantry::runtime
