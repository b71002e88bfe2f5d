#include "reaper.hpp"

#include "tiny/text.hpp"

#include <cerrno>
#include <cstring>

#include <sys/wait.h>
#include <unistd.h>

namespace gantry::init {

namespace {

using tiny::Decimal;
using wire::InitReport;
using wire::InitStage;

/// Every signal, also those that musl's sigfillset() leaves out for its threads.
sigset_t all_signals() {
  sigset_t all;
  memset(&all, 0xff, sizeof all);
  return all;
}

/// The terminal whose foreground is ours to give, or -1. A job in the background must not take the foreground.
int own_terminal() {
  for (int fd = 0; fd <= 2; fd++) {
    pid_t foreground = tcgetpgrp(fd);
    if (foreground >= 0) return foreground == getpgrp() ? fd : -1;
  }
  return -1;
}

/// What the command gets back from before we became an init.
struct Inherited {
  sigset_t mask;
  struct sigaction child_action;
  int terminal;  ///< whose foreground the command gets; or -1
};

/// The child of vfork shares our memory until it executes, which is how its errno gets into `exec_error`.
[[gnu::noinline]] pid_t spawn(const Command& command, const Inherited& inherited, volatile int& exec_error) {
  pid_t child = vfork();
  if (child != 0) return child;
  setpgid(0, 0);
  if (inherited.terminal >= 0) tcsetpgrp(inherited.terminal, getpid());
  sigaction(SIGCHLD, &inherited.child_action, nullptr);
  sigprocmask(SIG_SETMASK, &inherited.mask, nullptr);
  exec_error = execute(command);
  _exit(127);
}

}  // namespace

InitReport Reaper::start(const Command& command) {
  Inherited inherited;
  // An ignored SIGCHLD, inherited, would have the kernel reap the command, and its exit code would be lost.
  struct sigaction plain = {};
  plain.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &plain, &inherited.child_action);
  sigset_t all = all_signals();
  sigprocmask(SIG_SETMASK, &all, &inherited.mask);
  inherited.terminal = own_terminal();

  int exec_error = 0;
  command_ = spawn(command, inherited, exec_error);
  if (command_ < 0) return {InitStage::fork, errno};
  if (exec_error != 0) return {InitStage::exec, exec_error};
  if (options_.verbose) tiny::say("gantry-init: '", command.path, "' is process ", Decimal(command_));
  return {InitStage::exec, 0};
}

int Reaper::serve() {
  sigset_t all = all_signals();
  for (;;) {
    int signal = sigwaitinfo(&all, nullptr);
    if (signal == SIGCHLD) {
      if (!reap()) return exit_code_;
    } else if (signal > 0) {
      pass_on(signal);
    }
  }
}

void Reaper::pass_on(int signal) {
  if (options_.verbose) tiny::say("gantry-init: passing signal ", Decimal(signal), " on");
  bool group = options_.group;
  if (signal == SIGCONT) {
    // After a stop from the terminal, which stopped the whole group and gave the foreground to our caller.
    group = true;
    if (int terminal = own_terminal(); terminal >= 0) tcsetpgrp(terminal, command_);
  }
  kill(group ? -command_ : command_, signal);
}

bool Reaper::reap() {
  // PID 1 has no caller that takes note of a stopped command.
  const bool has_caller = getpid() != 1;
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG | (has_caller ? WUNTRACED : 0))) > 0) {
    if (WIFSTOPPED(status)) {
      if (pid == command_) kill(getpid(), SIGSTOP);
      continue;
    }
    if (options_.verbose) tiny::say("gantry-init: reaped process ", Decimal(pid));
    if (pid != command_) continue;
    exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return false;
  }
  return true;
}

}  // namespace gantry::init
