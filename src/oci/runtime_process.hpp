#pragma once

#include "base/json_options.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// runtime-spec 1.3 config.md, "Process".

namespace gantry::oci {

/// "POSIX-platform User". IDs are those of the container.
struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::optional<std::uint32_t> umask;  ///< absent: keep the caller's
  std::vector<std::uint32_t> additional_gids;

  bool operator==(const User&) const = default;
};
BOOST_DESCRIBE_STRUCT(User, (), (uid, gid, umask, additional_gids))

/// Of a terminal, in characters.
struct ConsoleSize {
  std::uint32_t height = 0;
  std::uint32_t width = 0;

  bool operator==(const ConsoleSize&) const = default;
};
BOOST_DESCRIBE_STRUCT(ConsoleSize, (), (height, width))
constexpr json::Options json_options(const ConsoleSize*) { return {.required = {"height", "width"}}; }

/// Names as "CAP_CHOWN". A capability that cannot be granted is a warning, not an error.
struct Capabilities {
  std::vector<std::string> bounding;
  std::vector<std::string> effective;
  std::vector<std::string> inheritable;
  std::vector<std::string> permitted;
  std::vector<std::string> ambient;

  bool operator==(const Capabilities&) const = default;
};
BOOST_DESCRIBE_STRUCT(Capabilities, (), (bounding, effective, inheritable, permitted, ambient))

enum class RlimitType {
  as,
  core,
  cpu,
  data,
  fsize,
  locks,
  memlock,
  msgqueue,
  nice,
  nofile,
  nproc,
  rss,
  rtprio,
  rttime,
  sigpending,
  stack
};
BOOST_DESCRIBE_ENUM(RlimitType, as, core, cpu, data, fsize, locks, memlock, msgqueue, nice, nofile, nproc, rss, rtprio,
                    rttime, sigpending, stack)
constexpr json::Options json_options(const RlimitType*) { return {.style = json::Style::upper, .prefix = "RLIMIT_"}; }

/// setrlimit(2); 2⁶⁴-1 is "unlimited".
struct Rlimit {
  RlimitType type = RlimitType::nofile;
  std::uint64_t hard = 0;
  std::uint64_t soft = 0;

  bool operator==(const Rlimit&) const = default;
};
BOOST_DESCRIBE_STRUCT(Rlimit, (), (type, hard, soft))
constexpr json::Options json_options(const Rlimit*) { return {.required = {"type", "hard", "soft"}}; }

enum class SchedulerPolicy { other, fifo, rr, batch, iso, idle, deadline };
BOOST_DESCRIBE_ENUM(SchedulerPolicy, other, fifo, rr, batch, iso, idle, deadline)
constexpr json::Options json_options(const SchedulerPolicy*) {
  return {.style = json::Style::upper, .prefix = "SCHED_"};
}

enum class SchedulerFlag {
  reset_on_fork,
  reclaim,
  dl_overrun,
  keep_policy,
  keep_params,
  util_clamp_min,
  util_clamp_max
};
BOOST_DESCRIBE_ENUM(SchedulerFlag, reset_on_fork, reclaim, dl_overrun, keep_policy, keep_params, util_clamp_min,
                    util_clamp_max)
constexpr json::Options json_options(const SchedulerFlag*) {
  return {.style = json::Style::upper, .prefix = "SCHED_FLAG_"};
}

/// sched_setattr(2).
struct Scheduler {
  SchedulerPolicy policy = SchedulerPolicy::other;
  std::int32_t nice = 0;
  std::int32_t priority = 0;
  std::vector<SchedulerFlag> flags;
  std::uint64_t runtime = 0;  ///< nanoseconds, as are the two below; for SCHED_DEADLINE
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;

  bool operator==(const Scheduler&) const = default;
};
BOOST_DESCRIBE_STRUCT(Scheduler, (), (policy, nice, priority, flags, runtime, deadline, period))
constexpr json::Options json_options(const Scheduler*) { return {.required = {"policy"}}; }

enum class IoPriorityClass { rt, be, idle };
BOOST_DESCRIBE_ENUM(IoPriorityClass, rt, be, idle)
constexpr json::Options json_options(const IoPriorityClass*) {
  return {.style = json::Style::upper, .prefix = "IOPRIO_CLASS_"};
}

/// ioprio_set(2) of the process group.
struct IoPriority {
  IoPriorityClass io_class = IoPriorityClass::be;
  int priority = 0;  ///< 0 (highest) to 7

  bool operator==(const IoPriority&) const = default;
};
BOOST_DESCRIBE_STRUCT(IoPriority, (), (io_class, priority))
constexpr json::Options json_options(const IoPriority*) {
  return {.names = {{"io_class", "class"}}, .required = {"io_class", "priority"}};
}

/// CPUs of an exec'd process, as "0-3,7".
struct ExecCpuAffinity {
  std::string initial;  ///< before it moves to the container's cgroup
  std::string final;    ///< after it

  bool operator==(const ExecCpuAffinity&) const = default;
};
BOOST_DESCRIBE_STRUCT(ExecCpuAffinity, (), (initial, final))

struct Process {
  bool terminal = false;
  std::optional<ConsoleSize> console_size;  ///< ignored without a terminal
  User user;
  std::vector<std::string> args;  ///< argv; args[0] is looked up in the PATH of `env`
  std::vector<std::string> env;   ///< "NAME=value"
  std::string cwd;                ///< absolute, in the container
  std::optional<Capabilities> capabilities;
  std::vector<Rlimit> rlimits;
  bool no_new_privileges = false;
  std::string apparmor_profile;
  std::optional<int> oom_score_adj;  ///< absent: leave it alone
  std::optional<Scheduler> scheduler;
  std::string selinux_label;
  std::optional<IoPriority> io_priority;
  std::optional<ExecCpuAffinity> exec_cpu_affinity;
  json::Unknown unknown;

  bool operator==(const Process&) const = default;
};
BOOST_DESCRIBE_STRUCT(Process, (),
                      (terminal, console_size, user, args, env, cwd, capabilities, rlimits, no_new_privileges,
                       apparmor_profile, oom_score_adj, scheduler, selinux_label, io_priority, exec_cpu_affinity,
                       unknown))
constexpr json::Options json_options(const Process*) {
  return {.names = {{"exec_cpu_affinity", "execCPUAffinity"}}, .required = {"cwd"}};
}

}  // namespace gantry::oci
