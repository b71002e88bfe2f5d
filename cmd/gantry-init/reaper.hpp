#pragma once

#include "command.hpp"
#include "wire/init.hpp"

#include <csignal>

namespace gantry::init {

struct ReaperOptions {
  bool group = false;    ///< signals go to the command's whole process group
  bool verbose = false;  ///< a line on stderr for each child and signal
};

/// The work of PID 1: one command in a process group of its own, in the foreground of the terminal if there is one;
/// all signals are passed on to it, and every orphan is reaped.
class Reaper {
 public:
  explicit Reaper(ReaperOptions options) : options_(options) {}

  /// os_error 0: the command runs.
  wire::InitReport start(const Command& command);
  /// Until the command ends; its exit code, or 128 + signal.
  int serve();

 private:
  void pass_on(int signal);
  /// False once the command itself has ended; then its code is in exit_code_.
  bool reap();

  ReaperOptions options_;
  pid_t command_ = 0;
  int exit_code_ = 0;
};

}  // namespace gantry::init
