#include "children.hpp"

#include "timestamp.hpp"

#include <csignal>

#include <sys/signalfd.h>
#include <sys/wait.h>

namespace gantry::monitor {

bool Children::open(pid_t init) {
  init_ = init;
  sigset_t all, child;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  // An ignored SIGCHLD, inherited, would have the kernel reap the init, and its exit code would be lost.
  ::signal(SIGCHLD, SIG_DFL);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  signals_ = tiny::Fd(signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK));
  return static_cast<bool>(signals_);
}

void Children::reap() {
  signalfd_siginfo pending;
  while (read(signals_.get(), &pending, sizeof pending) > 0) continue;
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    if (pid == probe_) {
      probe_ = 0;
      probe_succeeded_ = status == 0;
    }
    if (pid != init_) continue;
    ended_ = true;
    time_ = time_now();
    signal_ = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    code_ = signal_ > 0 ? 128 + signal_ : WEXITSTATUS(status);
  }
}

void Children::end_probe() {
  if (probe_ == 0) return;
  ::kill(probe_, SIGKILL);
  tiny::retry([&] { return waitpid(probe_, nullptr, 0); });
  probe_ = 0;
}

void Children::kill_init() const {
  // Not reaped yet, so the pid is still its own.
  if (!ended_) ::kill(init_, SIGKILL);
}

}  // namespace gantry::monitor
