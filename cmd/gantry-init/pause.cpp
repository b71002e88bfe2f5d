#include "pause.hpp"

#include <csignal>
#include <initializer_list>

#include <sys/wait.h>

namespace gantry::init {

int run_pause() {
  sigset_t awaited;
  sigemptyset(&awaited);
  for (int signal : {SIGTERM, SIGINT, SIGQUIT, SIGCHLD}) sigaddset(&awaited, signal);
  // The kernel drops signals that PID 1 neither handles nor blocks.
  sigprocmask(SIG_BLOCK, &awaited, nullptr);
  while (true) {
    int signal = 0;
    if (sigwait(&awaited, &signal) == 0 && signal != SIGCHLD) return 0;
    while (waitpid(-1, nullptr, WNOHANG) > 0) continue;
  }
}

}  // namespace gantry::init
