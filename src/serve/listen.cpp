#include "base/text.hpp"
#include "serve/server.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>

namespace gantry::serve {

namespace {

struct HostAndPort {
  std::string host;
  std::string port;
};

Result<HostAndPort> parse_address(std::string_view address) {
  auto [host, port, found] = cut_last(address, ':');
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos) found = false;
  const auto number = parse_unsigned(port);
  if (!found || !number || *number > 65535)
    return fail(Code::invalid, "'{}' is no address to listen on", address)
        .with_cure("write it as HOST:PORT, as in 127.0.0.1:5000 or [::1]:5000");
  return HostAndPort{std::string(host), std::string(port)};
}

}  // namespace

Result<std::string> bound_address(const Fd& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) < 0) return Error::system("getsockname");
  if (address.ss_family == AF_UNIX) return "unix";
  char host[NI_MAXHOST], port[NI_MAXSERV];
  if (getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host, sizeof host, port, sizeof port,
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0)
    return fail(Code::failed, "a socket has an address without a name");
  return address.ss_family == AF_INET6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

Result<Listener> listen_on(std::string_view address) {
  const auto [host, port] = TRY(parse_address(address));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (int status = getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &found); status != 0)
    return fail(Code::invalid, "cannot listen on {}: {}", address, gai_strerror(status));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  // For every address the IPv6 socket, which takes IPv4 too.
  if (host.empty())
    for (addrinfo* other = found; other != nullptr; other = other->ai_next)
      if (other->ai_family == AF_INET6) found = other;

  Fd socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket && host.empty() && found != owner.get()) {
    found = owner.get();  // a kernel without IPv6
    socket = Fd(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  }
  if (!socket) return Error::system("cannot listen on {}", address);
  const int on = 1, off = 0;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (found->ai_family == AF_INET6) setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind(socket.get(), found->ai_addr, found->ai_addrlen) < 0 || ::listen(socket.get(), 4096) < 0) {
    Error error = Error::system("cannot listen on {}", address);
    if (error.os_error() == EADDRINUSE) return std::move(error).with_cure("choose another port with --listen");
    return error;
  }
  std::string bound = TRY(bound_address(socket));
  return Listener{std::move(socket), std::move(bound)};
}

}  // namespace gantry::serve
