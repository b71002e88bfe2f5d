#include "engine/listen_in.hpp"

#include "linux/path.hpp"

#include <sys/socket.h>
#include <sys/un.h>

namespace gantry::engine {

Result<Fd> listen_in(const Fd& folder, const char* name, int type, const char* what) {
  Fd socket(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (!socket) return Error::system("make {}", what);
  sockaddr_un address{.sun_family = AF_UNIX};
  const std::string path = linux::fd_path(folder) + "/" + name;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
      listen(socket.get(), 16) < 0)
    return Error::system("listen on {}", what);
  return socket;
}

}  // namespace gantry::engine
