#pragma once

// What gantry-runtime hands to gantry-init, the tiny last stage that becomes the container's process.
// Plain data without any library: gantry-init is built against musl.

#include <cstdint>

namespace gantry::wire {

inline constexpr std::uint32_t kInitMagic = 0x31494747;  // "GGI1"

enum InitFlags : std::uint32_t {
  kInitWait = 1,  ///< accept one connection on start_fd before going on; it becomes the report_fd
  kInitReap = 2,  ///< stay as PID 1: run the command as a child, forward signals, reap orphans
};

/// Read from the descriptor whose decimal number is argv[1], followed by filter_length `sock_filter`s.
/// The command's path is argv[2], its argv starts at argv[3], its environment is ours.
struct InitOrder {
  std::uint32_t magic = kInitMagic;
  std::uint32_t flags = 0;
  std::int32_t report_fd = -1;      ///< an InitReport goes there when the command cannot be executed; close-on-exec
  std::int32_t start_fd = -1;       ///< a listening unix socket, with kInitWait
  std::uint32_t filter_length = 0;  ///< instructions of the seccomp filter; 0: none to load here
  std::uint32_t filter_flags = 0;   ///< SECCOMP_FILTER_FLAG_*
};

enum class InitStage : std::int32_t { order = 1, seccomp = 2, fork = 3, exec = 4 };

/// A closed report_fd without a report is success.
struct InitReport {
  InitStage stage = InitStage::exec;
  std::int32_t os_error = 0;
};

}  // namespace gantry::wire
