#include "options/password.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>

namespace gantry::options {

namespace {

/// Switches the terminal's echo off, and back on however we leave.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    if (tcgetattr(terminal_, &before_) < 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    // An interrupt in between would leave the user's shell without an echo.
    sigset_t interrupts;
    sigemptyset(&interrupts);
    for (int number : {SIGINT, SIGQUIT, SIGTERM, SIGTSTP}) sigaddset(&interrupts, number);
    sigprocmask(SIG_BLOCK, &interrupts, &mask_);
    active_ = tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (!active_) return;
    tcsetattr(terminal_, TCSAFLUSH, &before_);
    sigprocmask(SIG_SETMASK, &mask_, nullptr);
  }

 private:
  int terminal_;
  termios before_{};
  sigset_t mask_{};
  bool active_ = false;
};

Result<std::string> read_line(const Fd& fd) {
  constexpr std::size_t kLongest = 4096;
  std::string line;
  char c = 0;
  while (line.size() < kLongest) {
    ssize_t got = read(fd.get(), &c, 1);
    if (got < 0) return Error::system("read the password");
    if (got == 0 || c == '\n') break;
    line += c;
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Result<> require(const std::string& text, std::string_view what) {
  return text.empty() ? Result<>(fail(Code::invalid, "there is no {}", what)) : Result<>();
}

}  // namespace

Result<> ask_missing(std::string& user, std::string& password, bool password_stdin) {
  if (password_stdin) {
    if (user.empty()) return fail(Code::invalid, "--password-stdin needs to know the user").with_cure("-u NAME");
    Fd in(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    password = TRY(read_line(in));
    return require(password, "password on standard input");
  }
  if (!user.empty() && !password.empty()) return {};
  auto terminal = open_file("/dev/tty", O_RDWR);
  if (!terminal)
    return fail(Code::invalid, "user and password are missing, and there is no terminal to ask on")
        .with_cure("-u NAME --password-stdin");
  if (user.empty()) {
    TRY(write_all(*terminal, "Username: ", "the terminal"));
    user = TRY(read_line(*terminal));
    TRY(require(user, "user"));
  }
  if (!password.empty()) return {};
  TRY(write_all(*terminal, "Password: ", "the terminal"));
  Silence silence(terminal->get());
  password = TRY(read_line(*terminal));
  return require(password, "password");
}

}  // namespace gantry::options
