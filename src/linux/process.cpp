#include "linux/process.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <tuple>

namespace gantry::linux {

Result<Process> clone_process(const Clone& options) {
  int pidfd = -1;
  clone_args args{};
  args.flags = options.flags | CLONE_PIDFD;
  args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  // With CLONE_PARENT the kernel takes over the parent's own exit signal and refuses another one.
  args.exit_signal = options.flags & CLONE_PARENT ? 0 : SIGCHLD;
  if (options.cgroup != nullptr && options.cgroup->valid()) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<std::uint64_t>(options.cgroup->get());
  }
  long pid = syscall(SYS_clone3, &args, sizeof args);
  if (pid < 0) return Error::system("clone a process");
  if (pid == 0) return Process{0, Fd()};
  return Process{static_cast<pid_t>(pid), Fd(pidfd)};
}

Result<Fd> open_pidfd(pid_t pid) {
  long fd = syscall(SYS_pidfd_open, pid, 0);
  if (fd < 0) return Error::system("open process {}", pid);
  return Fd(static_cast<int>(fd));
}

Result<> send_signal(const Fd& pidfd, int signal) {
  if (syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0) < 0)
    return Error::system("send {}", signal_name(signal));
  return {};
}

std::optional<ProcessStat> process_stat(pid_t pid) {
  auto text = read_file(fmt::format("/proc/{}/stat", pid));
  if (!text) return std::nullopt;
  // The command's name stands in parentheses and may hold anything, parentheses and blanks too.
  auto end_of_name = text->rfind(") ");
  if (end_of_name == std::string::npos) return std::nullopt;
  auto fields = split(std::string_view(*text).substr(end_of_name + 2), ' ');
  constexpr std::size_t kState = 0, kStartTime = 19;
  if (fields.size() <= kStartTime || fields[kState].empty()) return std::nullopt;
  auto start_time = parse_unsigned(fields[kStartTime]);
  if (!start_time) return std::nullopt;
  return ProcessStat{fields[kState][0], *start_time};
}

bool process_alive(pid_t pid, std::uint64_t start_time) {
  auto stat = process_stat(pid);
  return stat && stat->start_time == start_time && stat->state != 'Z' && stat->state != 'X';
}

Result<int> parse_signal(const std::string& text) {
  auto unknown = [&] {
    return fail(Code::invalid, "'{}' is not a signal", text).with_cure("use a name such as TERM or a number");
  };
  if (auto number = parse_unsigned(text)) {
    if (*number == 0 || *number > static_cast<std::uint64_t>(SIGRTMAX)) return unknown();
    return static_cast<int>(*number);
  }
  std::string name = to_lower(text);
  if (name.starts_with("sig")) name.erase(0, 3);
  for (auto [base, prefix, sign] : {std::tuple(SIGRTMIN, "rtmin", 1), std::tuple(SIGRTMAX, "rtmax", -1)}) {
    if (!name.starts_with(prefix)) continue;
    std::string_view rest = std::string_view(name).substr(5);
    if (rest.empty()) return base;
    if (rest[0] != (sign > 0 ? '+' : '-')) return unknown();
    auto offset = parse_unsigned(rest.substr(1));
    if (!offset || *offset > static_cast<std::uint64_t>(SIGRTMAX - SIGRTMIN)) return unknown();
    return base + sign * static_cast<int>(*offset);
  }
  for (int number = 1; number < SIGRTMIN; ++number) {
    const char* abbreviation = sigabbrev_np(number);
    if (abbreviation != nullptr && name == to_lower(abbreviation)) return number;
  }
  if (name == "iot") return SIGABRT;
  if (name == "cld") return SIGCHLD;
  return unknown();
}

std::string signal_name(int signal) {
  const char* abbreviation = sigabbrev_np(signal);
  return abbreviation != nullptr ? fmt::format("SIG{}", abbreviation) : fmt::format("signal {}", signal);
}

}  // namespace gantry::linux
