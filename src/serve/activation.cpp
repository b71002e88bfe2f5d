#include "serve/activation.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "base/variables.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace gantry::serve {

namespace {

constexpr int kFirst = 3;  // SD_LISTEN_FDS_START

}  // namespace

Result<std::optional<Listener>> activated_listener() {
  const auto owner = parse_unsigned(variable("LISTEN_PID")), count = parse_unsigned(variable("LISTEN_FDS"));
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) unsetenv(name);
  if (!owner || !count || *count == 0 || *owner != static_cast<std::uint64_t>(getpid())) return std::nullopt;
  if (*count > 1)
    return fail(Code::unsupported, "systemd hands over {} sockets; this takes one", *count)
        .with_cure("leave one ListenStream= in the .socket unit");
  Fd socket(kFirst);
  TRY(set_close_on_exec(kFirst, true));
  std::string address = TRY(bound_address(socket));
  return std::optional(Listener{std::move(socket), std::move(address)});
}

void notify_systemd(std::string_view state) {
  const std::string path = variable("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';  // an abstract name
  const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  if (sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
             size) < 0)
    log::warning("cannot tell systemd '{}': {}", state, text_of_errno(errno));
}

}  // namespace gantry::serve
