#pragma once

// What gantry-runtime hands to gantry-init, the tiny last stage that becomes the container's process.
// Plain data without any library: gantry-init is built against musl.

#include <cstdint>

namespace gantry::wire {

inline constexpr std::uint32_t kInitMagic = 0x31494747;  // "GGI1"

enum InitFlags : std::uint32_t {
  /// Accept one connection on start_fd before going on; it becomes the report_fd. A report_fd of the order is closed
  /// before: its end tells that gantry-init is up and waits.
  kInitWait = 1,
  kInitReap = 2,  ///< stay as PID 1: run the command as a child, forward signals, reap orphans
  /// CAP_SYS_PTRACE is ours alone, so that nobody in the container may trace us: become undumpable instead, give it up.
  kInitGuarded = 4,
};

/// Read from the descriptor whose decimal number is argv[1], followed by filter_length `sock_filter`s; it is closed
/// then. The command's path is argv[2], its argv starts at argv[3], its environment is ours. Signal mask and
/// dispositions are passed on as they are; every descriptor that the command must not have is close-on-exec.
struct InitOrder {
  std::uint32_t magic = kInitMagic;
  std::uint32_t flags = 0;
  std::int32_t report_fd = -1;      ///< an InitReport goes there when the command cannot be executed
  std::int32_t start_fd = -1;       ///< a listening unix stream socket, with kInitWait
  std::uint32_t filter_length = 0;  ///< instructions of the seccomp filter, at most kMaxFilter; 0: none to load here
  std::uint32_t filter_flags = 0;   ///< SECCOMP_FILTER_FLAG_*, but none that returns a descriptor
};

inline constexpr std::uint32_t kMaxFilter = 4096;  ///< BPF_MAXINSNS

enum class InitStage : std::int32_t { order = 1, guard = 2, seccomp = 3, fork = 4, exec = 5 };

/// A closed report_fd without a report is success. After a report gantry-init exits with 127 (no such command),
/// 126 (not executable) or 125 (anything before).
struct InitReport {
  InitStage stage = InitStage::exec;
  std::int32_t os_error = 0;
};

}  // namespace gantry::wire
