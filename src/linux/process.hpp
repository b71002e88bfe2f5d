#pragma once

#include "base/fd.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace gantry::linux {

/// What clone3(2) takes here. Without `flags` it is fork(2) with a pidfd.
struct Clone {
  std::uint64_t flags = 0;     ///< CLONE_NEW*, CLONE_PARENT
  const Fd* cgroup = nullptr;  ///< folder of a v2 cgroup in which the child is born (CLONE_INTO_CGROUP)
};

/// A process by pid and pidfd. `pid` is 0 in the child.
struct Process {
  pid_t pid = 0;
  Fd pidfd;
};

/// clone3(2) with SIGCHLD as exit signal; returns twice. Only for single-threaded callers: libc is not told.
Result<Process> clone_process(const Clone& options);

Result<Fd> open_pidfd(pid_t pid);
Result<> send_signal(const Fd& pidfd, int signal);

/// Clock ticks after boot at which a process started (proc_pid_stat(5), field 22), and its state letter.
/// With the pid it names a process for good, also after the pid has been given to another.
struct ProcessStat {
  char state = '?';
  std::uint64_t start_time = 0;
};
/// Nothing when there is no such process.
std::optional<ProcessStat> process_stat(pid_t pid);
/// Runs (no zombie) and is the one that started then.
bool process_alive(pid_t pid, std::uint64_t start_time);

/// 9 of "9", "KILL", "SIGKILL", "sigkill", "RTMIN+3".
Result<int> parse_signal(const std::string& text);
/// "SIGKILL" of 9; the number for what has no name.
std::string signal_name(int signal);

}  // namespace gantry::linux
