#include "engine/graft_network.hpp"

#include "base/file.hpp"
#include "engine/detached.hpp"
#include "engine/listen_in.hpp"
#include "engine/process_note.hpp"
#include "linux/close_others.hpp"
#include "linux/process.hpp"
#include "net/graft.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <set>

namespace gantry::engine {

namespace {

/// In the run folder: the agent's socket, and who the agent is.
constexpr const char* kAgentSocket = "graft";
constexpr const char* kAgentRecord = "/graft.pid";
constexpr std::uint64_t kFastOpen = 0x20000000;  // MSG_FASTOPEN
constexpr int kAgentPatience = 3000;             // milliseconds

using SyscallRules = std::vector<oci::SeccompSyscalls>;

void take_out(SyscallRules& rules, const std::vector<std::string>& names) {
  for (oci::SeccompSyscalls& rule : rules)
    std::erase_if(rule.names, [&](const std::string& name) { return std::ranges::find(names, name) != names.end(); });
  std::erase_if(rules, [](const oci::SeccompSyscalls& rule) { return rule.names.empty(); });
}

/// A send with MSG_FASTOPEN makes a connection without connect(2).
void forbid_fast_open(SyscallRules& rules, const char* name, unsigned flags) {
  using enum oci::SeccompOperator;
  take_out(rules, {name});
  rules.push_back({{name}, oci::SeccompAction::errno_, EOPNOTSUPP, {{flags, kFastOpen, kFastOpen, masked_eq}}});
  rules.push_back({{name}, oci::SeccompAction::allow, {}, {{flags, kFastOpen, 0, masked_eq}}});
}

std::vector<net::Graft> grafts_of(const std::vector<net::PublishedPort>& ports, net::HeldPorts held) {
  std::vector<Fd> sockets = std::move(held).take();
  std::vector<net::Graft> grafts;
  std::size_t at = 0;
  for (const net::PublishedPort& port : ports)
    for (unsigned i = 0; i < port.count && at < sockets.size(); ++i)
      grafts.push_back({static_cast<std::uint16_t>(port.container_port + i), std::move(sockets[at++])});
  return grafts;
}

std::vector<int> numbers_of(const Fd& agents, const Fd& starter, const std::vector<net::Graft>& grafts) {
  std::vector<int> numbers{agents.get(), starter.get()};
  for (const net::Graft& graft : grafts) numbers.push_back(graft.socket.get());
  return numbers;
}

}  // namespace

Result<> check_graft(const ContainerConfig& config) {
  if (config.privileged || !config.seccomp.empty())
    return fail(Code::unsupported, "--network graft takes the default seccomp profile")
        .with_cure("drop --privileged and --security-opt seccomp=, or use another --network");
  std::set<unsigned> seen;
  for (const PortMapping& port : config.ports) {
    if (port.protocol != "tcp")
      return fail(Code::unsupported, "--network graft cannot publish port {} of {}", port.container_port, port.protocol)
          .with_cure("tcp alone");
    for (unsigned i = 0; i < port.count; ++i)
      if (!seen.insert(port.container_port + i).second)
        return fail(Code::unsupported, "--network graft publishes a port of the container once, not port {} twice",
                    port.container_port + i)
            .with_cure("drop one of them");
  }
  if (config.ports.empty() && !config.publish_all)
    return fail(Code::invalid, "--network graft has nothing to do without a published port")
        .with_cure("add -p, or use --network none");
  return net::check_graft_kernel();
}

Result<> add_graft(oci::Spec& spec, const std::string& folder) {
  const auto& bounding = spec.process->capabilities->bounding;
  if (std::ranges::find(bounding, "CAP_NET_ADMIN") != bounding.end())
    return fail(Code::unsupported, "--network graft and the capability NET_ADMIN do not go together")
        .with_cure("its sockets are the host's: drop --cap-add, or use another --network");
  oci::Seccomp& seccomp = *spec.linux->seccomp;
  SyscallRules& rules = seccomp.syscalls;
  // The arguments of socketcall(2), by which i386 does all of this, are in memory, where no filter sees them.
  if (!seccomp.architectures.empty()) seccomp.architectures.resize(1);
  take_out(rules, {"listen", "connect", "io_uring_setup"});
  // What io_uring does is seen by no filter at all.
  rules.push_back({{"connect", "io_uring_setup"}, oci::SeccompAction::errno_, EACCES, {}});
  forbid_fast_open(rules, "sendto", 3);
  forbid_fast_open(rules, "sendmsg", 2);
  forbid_fast_open(rules, "sendmmsg", 3);
  rules.push_back({{"listen"}, oci::SeccompAction::notify, {}, {}});
  seccomp.listener_path = folder + "/" + kAgentSocket;
  return {};
}

Result<> start_graft(const std::vector<net::PublishedPort>& ports, net::HeldPorts held, const std::string& folder) {
  const Fd agents = TRY(listen_in(TRY(open_folder(folder)), kAgentSocket, SOCK_STREAM, "the socket of the agent"));
  const Fd starter = TRY(linux::open_pidfd(getpid()));
  std::vector<net::Graft> grafts = grafts_of(ports, std::move(held));
  const pid_t pid = TRY(start_detached([&] {
    // The starter's locks are among what must not stay open.
    linux::close_others(0, numbers_of(agents, starter, grafts));
    signal(SIGPIPE, SIG_IGN);
    if (chdir("/") == 0) best_effort(net::serve_grafts(agents, starter, std::move(grafts)));
  }));
  return note_process(folder + kAgentRecord, pid, "the agent of --network graft");
}

Result<> stop_graft(const std::string& folder) {
  const auto record = noted_process(folder + kAgentRecord);
  if (!record) return {};
  const auto pidfd = record->open();
  if (!pidfd) return {};
  TRY(linux::send_signal(*pidfd, SIGKILL));
  pollfd end{pidfd->get(), POLLIN, 0};
  poll(&end, 1, kAgentPatience);
  return {};
}

}  // namespace gantry::engine
