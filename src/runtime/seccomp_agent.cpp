#include "runtime/seccomp_agent.hpp"

#include "runtime/channel.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

namespace gantry::runtime {

namespace {

Result<Fd> connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return fail(Code::invalid, "{} is too long for a socket's path", path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return Error::system("make a socket");
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    return std::move(Error::system("connect to the seccomp agent at {}", path)).with_cure("start the agent first");
  return socket;
}

}  // namespace

Result<> send_to_agent(const oci::Spec& spec, const Fd& listener, pid_t pid, const oci::State& state) {
  const oci::Seccomp& seccomp = *spec.linux->seccomp;
  oci::ContainerProcessState message{.oci_version = state.oci_version,
                                     .fds = {"seccompFd"},
                                     .pid = pid,
                                     .metadata = seccomp.listener_metadata,
                                     .state = state};
  Fd socket = TRY(with_context(connect_to(seccomp.listener_path), "/linux/seccomp/listenerPath"));
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
