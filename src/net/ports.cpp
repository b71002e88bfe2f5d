#include "net/ports.hpp"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

namespace gantry::net {

namespace {

constexpr int kAttempts = 100;
constexpr std::size_t kMostAtOnce = 253;  // the kernel's SCM_MAX_FD

int socket_type(std::string_view protocol) { return protocol == "udp" ? SOCK_DGRAM : SOCK_STREAM; }
int protocol_number(std::string_view protocol) { return protocol == "sctp" ? IPPROTO_SCTP : 0; }

/// A long range takes more descriptors than a process usually may have.
void raise_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// Of a family that this kernel may not have; then invalid.
Result<Fd> make_socket(int family, const std::string& protocol) {
  const int type = socket_type(protocol) | SOCK_CLOEXEC;
  Fd socket(::socket(family, type, protocol_number(protocol)));
  if (!socket && errno == EMFILE) {
    raise_limit();
    socket = Fd(::socket(family, type, protocol_number(protocol)));
  }
  if (!socket && (errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT || errno == ESOCKTNOSUPPORT)) return socket;
  if (!socket) return Error::system("make a socket to hold a port");
  return socket;
}

int bind_to(const Fd& socket, const IpAddress& address, std::uint16_t port) {
  sockaddr_storage storage{};
  const unsigned length = linux::to_socket_address(address, port, storage);
  return bind(socket.get(), reinterpret_cast<const sockaddr*>(&storage), length);
}

void set_option(const Fd& socket, int level, int option, int value) {
  setsockopt(socket.get(), level, option, &value, sizeof value);
}

/// What is left of connections (TIME_WAIT) is no reason to refuse a port, but other holders are: they do not set
/// SO_REUSEADDR once they are bound, and neither do we.
int bind_alone(const Fd& socket, const IpAddress& address, std::uint16_t port) {
  if (bind_to(socket, address, port) == 0) return 0;
  if (errno != EADDRINUSE) return -1;
  set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
  if (bind_to(socket, address, port) < 0) return -1;
  set_option(socket, SOL_SOCKET, SO_REUSEADDR, 0);
  return 0;
}

/// Invalid when the kernel has no such sockets, so nobody else can have the port either.
Result<Fd> bind_port(const PublishedPort& port, std::uint16_t number, const HeldPorts::Who& who) {
  // Without an address both families, by one socket where there is IPv6.
  const bool v6 = !port.host_ip || port.host_ip->v6;
  Fd socket = TRY(make_socket(v6 ? AF_INET6 : AF_INET, port.protocol));
  IpAddress address = port.host_ip.value_or(IpAddress{.v6 = true});
  if (!socket && !port.host_ip) {
    socket = TRY(make_socket(AF_INET, port.protocol));
    address = {};
  }
  if (!socket) return socket;
  if (address.v6) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, port.host_ip ? 1 : 0);
  if (bind_alone(socket, address, number) == 0) return socket;
  if (errno == EADDRNOTAVAIL)
    return fail(Code::invalid, "{} is no address of this host", address.text())
        .with_cure("`ip address` lists those that there are");
  if (errno != EADDRINUSE) return Error::system("hold port {}/{} of this host", number, port.protocol);
  std::string holder = who(number, port.protocol);
  if (holder.empty()) holder = holder_of(number, port.protocol);
  return fail(Code::exists, "port {}/{} of this host is taken{}{}", number, port.protocol, holder.empty() ? "" : " by ",
              holder)
      .with_cure("publish another one, as in -p 8081:80, or stop who has it");
}

std::uint16_t number_of(const Fd& socket) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &length);
  return linux::from_socket_address(storage).port;
}

Result<> hold_from(const PublishedPort& port, std::uint16_t first, const HeldPorts::Who& who,
                   std::vector<Fd>& sockets) {
  for (unsigned i = 0; i < port.count; ++i)
    sockets.push_back(TRY(bind_port(port, static_cast<std::uint16_t>(first + i), who)));
  return {};
}

Result<> send_all(const Fd& socket, std::span<const int> descriptors) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(kMostAtOnce * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  if (sendmsg(socket.get(), &message, MSG_NOSIGNAL) < 0)
    return Error::system("hold {} ports of this host", descriptors.size()).with_cure("publish fewer");
  return {};
}

/// Several on end that are free.
Result<> hold_any(PublishedPort& port, const HeldPorts::Who& who, std::vector<Fd>& sockets) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::vector<Fd> held;
    held.push_back(TRY(bind_port(port, 0, who)));
    if (!held[0]) return fail(Code::unsupported, "this kernel has no {}", port.protocol);
    const std::uint16_t first = number_of(held[0]);
    PublishedPort rest = port;
    rest.count = static_cast<std::uint16_t>(port.count - 1);
    if (first + rest.count > UINT16_MAX) continue;
    if (rest.count > 0 && !hold_from(rest, static_cast<std::uint16_t>(first + 1), who, held)) continue;
    port.host_port = first;
    for (Fd& socket : held) sockets.push_back(std::move(socket));
    return {};
  }
  return fail(Code::no_space, "there are no {} free ports on end on this host", port.count);
}

}  // namespace

Result<HeldPorts> HeldPorts::hold(std::vector<PublishedPort>& ports, const Who& who) {
  HeldPorts held;
  for (PublishedPort& port : ports) {
    if (port.host_port == 0) TRY(hold_any(port, who, held.sockets_));
    else TRY(hold_from(port, port.host_port, who, held.sockets_));
  }
  return held;
}

Result<Fd> HeldPorts::bundle() const {
  std::vector<int> numbers;
  for (const Fd& socket : sockets_)
    if (socket) numbers.push_back(socket.get());
  if (numbers.empty()) return Fd();
  SocketPair pair = TRY(make_socket_pair(SOCK_STREAM | SOCK_NONBLOCK));
  for (std::size_t at = 0; at < numbers.size(); at += kMostAtOnce)
    TRY(send_all(pair.theirs, std::span(numbers).subspan(at, std::min(kMostAtOnce, numbers.size() - at))));
  return std::move(pair.ours);
}

}  // namespace gantry::net
