#include "linux/terminal.hpp"

#include "base/file.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iterator>

namespace gantry::linux {

Result<WindowSize> window_size(int terminal) {
  winsize size{};
  if (ioctl(terminal, TIOCGWINSZ, &size) < 0) return Error::system("read the size of the terminal");
  return WindowSize{size.ws_row, size.ws_col};
}

Result<> set_window_size(int terminal, WindowSize size) {
  winsize wanted{size.rows, size.columns, 0, 0};
  if (ioctl(terminal, TIOCSWINSZ, &wanted) < 0) return Error::system("set the size of the terminal");
  return {};
}

namespace {

Result<Pty> finish_pty(Fd master) {
  int unlock = 0;
  if (ioctl(master.get(), TIOCSPTLCK, &unlock) < 0) return Error::system("unlock the terminal");
  unsigned number = 0;
  if (ioctl(master.get(), TIOCGPTN, &number) < 0) return Error::system("read the number of the terminal");
  Fd peer(ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!peer.valid()) return Error::system("open the other side of the terminal");
  return Pty{std::move(master), std::move(peer), number};
}

}  // namespace

Result<Pty> open_pty() { return finish_pty(TRY(open_file("/dev/ptmx", O_RDWR | O_NOCTTY))); }

Result<Pty> open_pty_in(const Fd& devpts) { return finish_pty(TRY(open_beneath(devpts, "ptmx", O_RDWR | O_NOCTTY))); }

namespace {

/// What the handler of fatal signals needs; a signal handler can only reach what is global.
constinit volatile sig_atomic_t raw_terminal = -1;
constinit termios cooked_mode{};

constexpr int kFatalSignals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constinit struct sigaction old_actions[std::size(kFatalSignals)]{};

void restore_and_die(int number) {
  // tcsetattr(3) is async-signal-safe. The handler is gone after its first use, so raising ends us in the usual way.
  if (raw_terminal >= 0) tcsetattr(raw_terminal, TCSANOW, &cooked_mode);
  raise(number);
}

/// Signals that someone handles or ignores already are left to them: they do not end us.
void watch_fatal_signals() {
  struct sigaction action {};
  action.sa_handler = restore_and_die;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (std::size_t i = 0; i < std::size(kFatalSignals); ++i) {
    sigaction(kFatalSignals[i], nullptr, &old_actions[i]);
    if (old_actions[i].sa_handler == SIG_DFL) sigaction(kFatalSignals[i], &action, nullptr);
  }
}

void unwatch_fatal_signals() {
  for (std::size_t i = 0; i < std::size(kFatalSignals); ++i) sigaction(kFatalSignals[i], &old_actions[i], nullptr);
}

}  // namespace

Result<RawTerminal> RawTerminal::enter(int terminal) {
  termios mode{};
  if (tcgetattr(terminal, &mode) < 0) return Error::system("read the mode of the terminal");
  cooked_mode = mode;
  raw_terminal = terminal;
  watch_fatal_signals();
  cfmakeraw(&mode);
  RawTerminal raw(terminal);
  if (tcsetattr(terminal, TCSANOW, &mode) < 0) return Error::system("put the terminal into raw mode");
  return raw;
}

void RawTerminal::restore() {
  if (terminal_ < 0) return;
  // With output flushed first: the last lines were written for the raw mode.
  tcsetattr(terminal_, TCSADRAIN, &cooked_mode);
  raw_terminal = -1;
  unwatch_fatal_signals();
  terminal_ = -1;
}

RawTerminal::~RawTerminal() { restore(); }

}  // namespace gantry::linux
