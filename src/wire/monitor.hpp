#pragma once

// What the engine and gantry-monitor say to each other.
// Plain data without any library: gantry-monitor is built against musl.

#include <cstdint>

namespace gantry::wire {

inline constexpr std::uint32_t kMonitorMagic = 0x314d4747;  // "GGM1"

enum MonitorFlags : std::uint32_t {
  kMonitorStdinOnce = 1,  ///< close the container's stdin when the first client's stdin ends
};

/// Read from the descriptor whose decimal number is argv[1], followed by command_length bytes: the argv of the
/// cleanup command, each word ended by NUL. Descriptors are -1 where there is none; all are open in the monitor,
/// which closes every other one above 2.
struct MonitorOrder {
  std::uint32_t magic = kMonitorMagic;
  std::uint32_t flags = 0;
  std::int32_t pid = 0;         ///< the container's init, a child of the monitor
  std::int32_t stdin_fd = -1;   ///< write end of the container's stdin
  std::int32_t stdout_fd = -1;  ///< read ends
  std::int32_t stderr_fd = -1;
  std::int32_t terminal_fd = -1;  ///< the terminal's master instead of the three above
  std::int32_t log_fd = -1;       ///< opened for appending
  std::int32_t client_fd = -1;    ///< the first client, connected already
  std::int32_t listen_fd = -1;    ///< listening SOCK_SEQPACKET socket for further clients
  std::int32_t run_fd = -1;       ///< folder that gets the exit record
  std::uint32_t command_length = 0;
};

/// The exit record in the folder run_fd: one line `<exit code> <signal or 0> <nanoseconds since 1970>\n`,
/// the code as a shell shows it (128 + signal). Written to a temporary name and renamed.
inline constexpr const char* kExitRecord = "exit";

/// Clients speak SOCK_SEQPACKET; each packet is one byte of type and then the data.
enum class Packet : std::uint8_t {
  // from a client
  input = 1,      ///< bytes for stdin; empty: stdin has ended
  resize = 2,     ///< two std::uint16_t, host order: rows, columns
  take_over = 3,  ///< the answer to `exited`: this client does the cleanup, the monitor need not
  // from the monitor
  output = 16,  ///< bytes of stdout (or of the terminal)
  error = 17,   ///< bytes of stderr
  exited = 18,  ///< std::int32_t exit code; the last packet
};

inline constexpr std::uint32_t kMaxPacket = 32768;  ///< bytes of data after the type

}  // namespace gantry::wire
