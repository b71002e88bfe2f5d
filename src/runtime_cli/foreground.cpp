#include "runtime_cli/foreground.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/subprocess.hpp"
#include "linux/process.hpp"
#include "linux/terminal.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

namespace gantry::runtime_cli {

namespace {

/// Every signal but those that mean ourselves: faults, and job control of our own terminal.
Result<Fd> watch_signals() {
  sigset_t all;
  sigfillset(&all);
  for (int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGTTIN, SIGTTOU, SIGTSTP}) sigdelset(&all, own);
  if (sigprocmask(SIG_SETMASK, &all, nullptr) < 0) return Error::system("watch signals");
  Fd signals(signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals.valid()) return Error::system("watch signals");
  return signals;
}

/// Copies what is there to read; false at the end.
bool copy_some(int from, int to) {
  std::array<char, 16384> buffer;
  ssize_t got = read(from, buffer.data(), buffer.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  if (got <= 0) return false;
  std::string_view data(buffer.data(), static_cast<std::size_t>(got));
  while (!data.empty()) {
    ssize_t put = write(to, data.data(), data.size());
    if (put < 0 && errno != EINTR) return false;
    if (put > 0) data.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

class Session {
 public:
  Session(linux::Process process, Fd signals, Fd master)
      : process_(std::move(process)), signals_(std::move(signals)), master_(std::move(master)) {}

  Result<int> run() {
    if (master_.valid() && isatty(0)) raw_.emplace(TRY(linux::RawTerminal::enter(0)));
    resize();
    reap();  // it may have ended before its SIGCHLD was watched
    while (!ended_) TRY(wait_for_something());
    while (master_.valid() && copy_some(master_.get(), 1)) {
    }
    return exit_code_;
  }

 private:
  Result<> wait_for_something() {
    std::array<pollfd, 3> ready{pollfd{signals_.get(), POLLIN, 0}, pollfd{master_.get(), POLLIN, 0},
                                pollfd{master_.valid() ? input_ : -1, POLLIN, 0}};
    if (poll(ready.data(), ready.size(), -1) < 0 && errno != EINTR) return Error::system("wait for the container");
    if (ready[1].revents != 0 && !copy_some(master_.get(), 1)) master_.close();
    if (ready[2].revents != 0 && master_.valid() && !copy_some(0, master_.get())) input_ = -1;
    if (ready[0].revents != 0) take_signals();
    return {};
  }

  void take_signals() {
    signalfd_siginfo info;
    while (read(signals_.get(), &info, sizeof info) == sizeof info) {
      int number = static_cast<int>(info.ssi_signo);
      if (number == SIGCHLD) reap();
      else if (number == SIGWINCH) resize();
      else if (number != SIGPIPE) best_effort(linux::send_signal(process_.pidfd, number));
    }
  }

  void reap() {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
      if (pid != process_.pid) continue;
      exit_code_ = exit_status_of_wait(status).code;
      ended_ = true;
    }
    if (pid >= 0 || errno == EINTR || ended_) return;
    log::warning("the exit status of process {} is lost: {}", process_.pid, std::strerror(errno));
    constexpr int kFailed = 125;
    exit_code_ = kFailed;
    ended_ = true;
  }

  void resize() {
    if (!master_.valid()) return;
    if (auto size = linux::window_size(0)) best_effort(linux::set_window_size(master_.get(), *size));
  }

  linux::Process process_;
  Fd signals_;
  Fd master_;
  int input_ = 0;
  std::optional<linux::RawTerminal> raw_;
  bool ended_ = false;
  int exit_code_ = 0;
};

}  // namespace

Result<> adopt_orphans() {
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) return Error::system("become the reaper of orphans");
  return {};
}

Result<Foreground> Foreground::make(bool terminal) {
  if (!terminal) return Foreground(SocketPair{});
  return Foreground(TRY(make_socket_pair(SOCK_STREAM)));
}

Result<int> Foreground::serve(pid_t pid) {
  Fd signals = TRY(watch_signals());
  Fd master;
  sockets_.theirs.close();  // it would keep us waiting for a process that died early
  if (sockets_.ours.valid()) master = TRY(receive_fd(sockets_.ours));
  Session session({pid, TRY(linux::open_pidfd(pid))}, std::move(signals), std::move(master));
  return session.run();
}

Result<int> run_container(const runtime::Settings& settings, runtime::CreateRequest& request, const RunMode& mode,
                          const std::function<Result<pid_t>()>& make) {
  bool terminal = request.spec.process && request.spec.process->terminal && request.console_socket < 0;
  if (terminal && mode.detach)
    return fail(Code::invalid, "a detached container with a terminal needs somebody to take it")
        .with_cure("use --console-socket");
  Foreground foreground = TRY(Foreground::make(terminal));
  if (terminal) request.console_socket = foreground.console_socket();
  if (!mode.detach && mode.adopt) TRY(adopt_orphans());
  pid_t pid = TRY(make());
  if (mode.detach) return 0;
  auto code = foreground.serve(pid);
  if (!mode.keep) TRY(runtime::remove(settings, request.id, true));
  return code;
}

}  // namespace gantry::runtime_cli
