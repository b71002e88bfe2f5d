#pragma once

#include "base/fd.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry {

/// How a process ended, as a shell shows it: the exit code, or 128 + signal.
struct ExitStatus {
  int code = 0;
  int signal = 0;  ///< 0: it exited by itself
  bool ok() const { return code == 0; }
};
ExitStatus exit_status_of_wait(int wait_status);

/// To the words and a null, as execve(2) takes them; good as long as `words` is not changed.
std::vector<char*> pointers(const std::vector<std::string>& words);

/// A program to run. argv[0] is looked up in PATH unless it holds a slash.
struct Command {
  std::vector<std::string> argv;
  std::optional<std::vector<std::string>> environment;  ///< "NAME=value"; default: ours
  std::string directory;                                ///< working directory; default: ours
  int in = -1;                                          ///< descriptors for 0, 1, 2; -1: ours
  int out = -1;
  int err = -1;
  std::vector<int> keep = {};  ///< further descriptors that stay open under their number
  std::string program = {};    ///< what is executed, when it is not argv[0]
};

/// A child process held by its pidfd. Killed and reaped when it goes without wait().
class Child {
 public:
  static Result<Child> start(const Command& command);
  Child(Child&&) = default;
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(pidfd_, other.pidfd_);
    return *this;
  }
  ~Child();

  pid_t pid() const { return pid_; }
  const Fd& pidfd() const { return pidfd_; }
  Result<> signal(int number) const;
  Result<ExitStatus> wait();
  /// As wait(); nothing when it still runs after `milliseconds`.
  Result<std::optional<ExitStatus>> wait_for(int milliseconds);

 private:
  Child(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  pid_t pid_;
  Fd pidfd_;
};

struct Output {
  ExitStatus status;
  std::string out;
  std::string err;
};

/// Runs a command to its end with `input` on stdin; collects both outputs, up to 64 MiB each.
Result<Output> run_command(const Command& command, std::string_view input = {});
/// As run_command; a status other than 0 is an error that carries the last line of stderr.
Result<std::string> command_output(const Command& command, std::string_view input = {});

}  // namespace gantry
