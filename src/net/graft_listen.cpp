#include "net/graft_listen.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/ip_address.hpp"
#include "linux/process.hpp"
#include "linux/seccomp_notify.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

namespace gantry::net {

namespace {

/// What listen(2) returns: 0 or an errno.
using Verdict = int;

struct ListenCall {
  int number = -1;  ///< of the descriptor
  int backlog = 0;
};

/// Options that a connection has from the socket that accepts it, and that programs set before they listen.
struct SocketOption {
  int level, name;
};
constexpr SocketOption kInherited[] = {{SOL_SOCKET, SO_KEEPALIVE},      {IPPROTO_TCP, TCP_NODELAY},
                                       {IPPROTO_TCP, TCP_DEFER_ACCEPT}, {IPPROTO_TCP, TCP_KEEPIDLE},
                                       {IPPROTO_TCP, TCP_KEEPINTVL},    {IPPROTO_TCP, TCP_KEEPCNT}};

template <class T>
std::optional<T> socket_option_of(const Fd& socket, int level, int name) {
  T value{};
  socklen_t length = sizeof value;
  if (getsockopt(socket.get(), level, name, &value, &length) < 0) return {};
  return value;
}

/// Of the network namespace that a socket is in.
std::optional<std::uint64_t> space_of(const Fd& socket) {
  return socket_option_of<std::uint64_t>(socket, SOL_SOCKET, SO_NETNS_COOKIE);
}

/// Where the agent is, and every socket that it makes.
std::optional<std::uint64_t> host_space() { return space_of(Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))); }

linux::IpEndpoint bound_address_of(const Fd& socket) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &length);
  return linux::from_socket_address(storage);
}

/// The process of a thread: a pidfd is of a process.
pid_t process_of(pid_t thread) {
  const auto status = read_file(fmt::format("/proc/{}/status", thread));
  if (!status) return 0;
  for (const std::string& line : split(*status, '\n'))
    if (line.starts_with("Tgid:"))
      return static_cast<pid_t>(parse_unsigned(trim(std::string_view(line).substr(5))).value_or(0));
  return 0;
}

/// The caller's socket itself. Its table of descriptors is read once: whatever the program puts there meanwhile, this
/// is what is looked at and listened on.
Result<Fd> take_socket(const Fd& listener, const linux::SeccompCall& call, int number) {
  const Fd process = TRY(linux::open_pidfd(process_of(call.thread)));
  if (!linux::is_waiting(listener, call)) return fail(Code::not_found, "the caller has gone");
  Fd socket(static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), number, 0)));
  if (!socket) return Error::system("take a descriptor");
  return socket;
}

bool closes_on_exec(const linux::SeccompCall& call, int number) {
  const auto info = read_file(fmt::format("/proc/{}/fdinfo/{}", call.thread, number));
  if (!info) return true;
  for (const std::string& line : split(*info, '\n')) {
    if (!line.starts_with("flags:")) continue;
    const std::string_view text = trim(std::string_view(line).substr(6));
    unsigned flags = 0;
    std::from_chars(text.data(), text.data() + text.size(), flags, 8);
    return (flags & O_CLOEXEC) != 0;
  }
  return true;
}

bool is_any_address(const linux::IpAddress& address) {
  return std::ranges::all_of(address.bytes, [](std::uint8_t byte) { return byte == 0; });
}

/// The caller may know IPv4 alone, and is told who calls in the form that it expects: the host's port is bound anew by
/// a socket of that family.
Result<> fit_family(Graft& graft, int family) {
  if (socket_option_of<int>(graft.socket, SOL_SOCKET, SO_DOMAIN) == family) return {};
  // Bound anew it cannot be while the container holds it.
  if (graft.handed_over) return fail(Code::busy, "the port has a listener of the other family");
  linux::IpEndpoint held = bound_address_of(graft.socket);
  if (!is_any_address(held.address))
    return fail(Code::unsupported, "a port that is published on an address of one family has no listener of the other");
  Fd fitting(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fitting) return Error::system("make a socket");
  sockaddr_storage storage{};
  held.address = {.v6 = family == AF_INET6};
  const unsigned length = linux::to_socket_address(held.address, held.port, storage);
  graft.socket.close();
  if (bind(fitting.get(), reinterpret_cast<const sockaddr*>(&storage), length) < 0)
    return Error::system("bind port {} again", held.port);
  graft.socket = std::move(fitting);
  return {};
}

Verdict listen_on(const Fd& socket, int backlog) { return listen(socket.get(), backlog) == 0 ? 0 : errno; }

Graft* find_graft(std::vector<Graft>& grafts, const Fd& socket) {
  if (socket_option_of<int>(socket, SOL_SOCKET, SO_PROTOCOL) != IPPROTO_TCP) return nullptr;
  const linux::IpEndpoint bound = bound_address_of(socket);
  // What is bound to the container's own loopback address is for itself.
  if (!is_any_address(bound.address)) return nullptr;
  const auto found = std::ranges::find(grafts, bound.port, &Graft::port);
  return found == grafts.end() ? nullptr : &*found;
}

Verdict hand_over(const Fd& listener, const linux::SeccompCall& call, const ListenCall& asked, const Fd& own,
                  Graft& graft) {
  if (!fit_family(graft, socket_option_of<int>(own, SOL_SOCKET, SO_DOMAIN).value_or(AF_INET))) return EADDRINUSE;
  for (const SocketOption& option : kInherited)
    if (const auto value = socket_option_of<int>(own, option.level, option.name))
      setsockopt(graft.socket.get(), option.level, option.name, &*value, sizeof *value);
  fcntl(graft.socket.get(), F_SETFL, fcntl(own.get(), F_GETFL) & O_NONBLOCK);
  if (const Verdict verdict = listen_on(graft.socket, asked.backlog); verdict != 0) return verdict;
  const bool closes = closes_on_exec(call, asked.number);
  if (!linux::replace_descriptor(listener, call, graft.socket, asked.number, closes)) return EMFILE;
  graft.handed_over = true;
  return 0;
}

/// The call itself is never let through: another thread could have put a socket of ours in the descriptor's place by
/// then, bound to a port that is not the container's.
Verdict decide(const Fd& listener, const linux::SeccompCall& call, std::vector<Graft>& grafts) {
  const ListenCall asked{static_cast<int>(call.arguments[0]), static_cast<int>(call.arguments[1])};
  const auto own = take_socket(listener, call, asked.number);
  if (!own) return own.error().os_error() != 0 ? own.error().os_error() : EPERM;
  if (!socket_option_of<int>(*own, SOL_SOCKET, SO_TYPE)) return ENOTSOCK;
  if (const auto host = host_space(); !host || space_of(*own) == host) {
    // One of the host's: those that were handed over listen already, and no other may.
    const bool listens = socket_option_of<int>(*own, SOL_SOCKET, SO_ACCEPTCONN).value_or(0) != 0;
    return listens ? listen_on(*own, asked.backlog) : EACCES;
  }
  if (Graft* graft = find_graft(grafts, *own)) return hand_over(listener, call, asked, *own, *graft);
  return listen_on(*own, asked.backlog);
}

}  // namespace

Result<> check_graft_kernel() {
  if (host_space()) return {};
  return fail(Code::unsupported, "--network graft takes a kernel that tells sockets' network namespaces apart")
      .with_cure("use another --network with this one: Linux 5.14 is the first that does");
}

Result<> answer_listen(const Fd& listener, std::vector<Graft>& grafts) {
  const auto call = TRY(linux::receive_call(listener));
  if (!call) return {};
  return linux::answer_call(listener, *call, 0, decide(listener, *call, grafts));
}

}  // namespace gantry::net
