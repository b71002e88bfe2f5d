#include "base/file.hpp"
#include "linux/mount.hpp"
#include "linux/path.hpp"
#include "linux/terminal.hpp"
#include "runtime/process_setup.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::runtime {

namespace {

bool is_null(int fd) {
  struct stat info;
  return fstat(fd, &info) == 0 && S_ISCHR(info.st_mode) && info.st_rdev == makedev(1, 3);
}

/// So that the user can open /dev/stdout and its kin again. Best effort, as a descriptor of a read-only or foreign file
/// system may refuse; the null device stays the host's.
void hand_over(int fd, const oci::User& user) {
  struct stat info;
  if (fstat(fd, &info) < 0 || info.st_uid == user.uid || is_null(fd)) return;
  [[maybe_unused]] int ignored = fchown(fd, user.uid, static_cast<gid_t>(-1));
}

/// The container's own in place of the host's, which is out of the reach of a checkpoint. A root without it, or with
/// something else in its place, keeps the host's.
Result<> use_own_null(const Fd& root) {
  for (int fd : {0, 1, 2}) {
    if (!is_null(fd)) continue;
    auto place = linux::open_in_root(root, "/dev/null", O_PATH | O_NOFOLLOW);
    if (!place || !is_null(place->get())) return {};
    // Looked at again, as it may have been exchanged; O_NONBLOCK is for a fifo.
    auto own = linux::open_in_root(root, "/dev/null", O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (!own || !is_null(own->get())) return {};
    if (fcntl(own->get(), F_SETFL, 0) < 0 || dup2(own->get(), fd) < 0) return Error::system("open /dev/null");
  }
  return {};
}

Result<> put_as_stdio(std::array<int, 3> from) {
  // Above 2 first, so that putting one in place cannot overwrite the next.
  for (int& fd : from) {
    if (fd < 0 || fd > 2) continue;
    fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (fd < 0) return Error::system("pass on stdin, stdout and stderr");
  }
  for (int to = 0; to < 3; ++to) {
    int fd = from[static_cast<std::size_t>(to)];
    if (fd >= 0 && dup2(fd, to) < 0) return Error::system("pass on stdin, stdout and stderr");
  }
  return {};
}

/// A bind of the terminal by its descriptor: a link that the image has at /dev/console, or one that is swapped in,
/// leads nowhere (CVE-2025-52565).
Result<> bind_console(const Fd& terminal, const Fd& root) {
  linux::Place place = TRY(linux::place_in_root(root, "/dev/console"));
  auto made = open_at(place.folder.get(), place.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (!made && made.error().os_error() != EEXIST) return std::move(made.error());
  Fd target = TRY(open_at(place.folder.get(), place.name, O_PATH | O_NOFOLLOW));
  struct stat info;
  if (fstat(target.get(), &info) < 0 || S_ISLNK(info.st_mode))
    return fail(Code::denied, "/dev/console of the image is a symbolic link").with_cure("remove it from the image");
  return with_context(linux::attach_mount(TRY(linux::clone_mount(terminal, false)), target), "make /dev/console");
}

Result<> set_up_terminal(const ProcessSetup& setup, const Fd& devpts, const Fd* root) {
  linux::Pty pty = TRY(devpts.valid() ? linux::open_pty_in(devpts) : linux::open_pty());
  if (const auto& size = setup.process.console_size)
    TRY(linux::set_window_size(pty.master.get(),
                               {static_cast<unsigned short>(size->height), static_cast<unsigned short>(size->width)}));
  hand_over(pty.peer.get(), setup.process.user);
  if (root != nullptr) TRY(bind_console(pty.peer, *root));
  TRY(send_terminal(setup.handles.console_socket, pty.master));
  TRY(put_as_stdio({pty.peer.get(), pty.peer.get(), pty.peer.get()}));
  if (ioctl(0, TIOCSCTTY, 0) < 0) return Error::system("take the terminal as controlling terminal");
  return {};
}

}  // namespace

Result<> send_terminal(int console_socket, const Fd& master) {
  Fd socket(console_socket);
  auto sent = send_fd(socket, master);
  socket.release();
  return sent;
}

Result<> set_up_stdio(const ProcessSetup& setup, const Fd& devpts, const Fd* root) {
  // Fails for a process group leader, which a fresh child is not.
  if (setsid() < 0) return Error::system("start a session");
  if (setup.process.terminal) return with_context(set_up_terminal(setup, devpts, root), "set up the terminal");
  TRY(put_as_stdio(setup.handles.stdio));
  TRY(root != nullptr ? use_own_null(*root) : use_own_null(TRY(open_file("/", O_PATH | O_DIRECTORY))));
  if (setup.process.user.uid != 0)
    for (int fd : {0, 1, 2}) hand_over(fd, setup.process.user);
  return {};
}

}  // namespace gantry::runtime
