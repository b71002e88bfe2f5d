#include "base/fd.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gantry {

void Fd::close() {
  // EINTR must not be retried on Linux: the descriptor is gone either way.
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<Fd> Fd::duplicate() const {
  int copy = fcntl(fd_, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return Error::system("duplicate descriptor {}", fd_);
  return Fd(copy);
}

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return Error::system("make a pipe");
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Result<SocketPair> make_socket_pair(int type) {
  int ends[2];
  if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) < 0) return Error::system("make a socket pair");
  return SocketPair{Fd(ends[0]), Fd(ends[1])};
}

Result<Fd> connect_unix(const std::string& path, std::string_view what) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t slash = path.rfind('/');
  Fd folder;
  std::string name = path;
  // A socket's name may have 107 bytes: a longer one is reached through its folder.
  if (path.size() >= sizeof address.sun_path && slash != std::string::npos && slash > 0) {
    folder = Fd(open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder) return Error::system("connect to {} {}", what, path);
    name = "/proc/self/fd/" + std::to_string(folder.get()) + path.substr(slash);
  }
  if (name.size() >= sizeof address.sun_path)
    return fail(Code::invalid, "the name of {} {} is longer than a socket's can be", what, path);
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return Error::system("make a socket");
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
    return Error::system("connect to {} {}", what, path);
  return socket;
}

Result<> send_fd(const Fd& socket, const Fd& fd, std::string_view text) {
  iovec data{const_cast<char*>(text.data()), text.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  int raw = fd.get();
  std::memcpy(CMSG_DATA(header), &raw, sizeof raw);
  while (data.iov_len > 0) {
    ssize_t sent = sendmsg(socket.get(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return Error::system("send a descriptor over a socket");
    text.remove_prefix(static_cast<std::size_t>(sent));
    data = {const_cast<char*>(text.data()), text.size()};
    message.msg_control = nullptr;
    message.msg_controllen = 0;
  }
  return {};
}

Result<Message> receive_message(const Fd& socket, std::span<char> buffer, std::string_view doing) {
  iovec data{buffer.data(), buffer.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  // Not the size of `control`: its padding has room for a second descriptor, which would leak.
  message.msg_controllen = CMSG_LEN(sizeof(int));
  ssize_t got;
  do {
    got = recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return Error::system("{}", doing);
  Message received{static_cast<std::size_t>(got), {}};
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) return received;
  int raw;
  std::memcpy(&raw, CMSG_DATA(header), sizeof raw);
  received.fd = Fd(raw);
  return received;
}

Result<Fd> receive_fd(const Fd& socket) {
  char byte;
  Message message = TRY(receive_message(socket, {&byte, 1}, "receive a descriptor over a socket"));
  if (message.size == 0 || !message.fd.valid())
    return fail(Code::failed, "the other side of a socket went away before it sent a descriptor");
  return std::move(message.fd);
}

namespace {

Result<> change_flag(int fd, int get, int set, int flag, bool on) {
  int flags = fcntl(fd, get);
  if (flags < 0) return Error::system("read the flags of descriptor {}", fd);
  if (fcntl(fd, set, on ? flags | flag : flags & ~flag) < 0) return Error::system("set the flags of descriptor {}", fd);
  return {};
}

}  // namespace

Result<> set_close_on_exec(int fd, bool on) { return change_flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC, on); }
Result<> set_nonblocking(int fd, bool on) { return change_flag(fd, F_GETFL, F_SETFL, O_NONBLOCK, on); }

}  // namespace gantry
