#pragma once

// What the engine and gantry-monitor say to each other.
// Plain data without any library: gantry-monitor is built against musl.

#include <cstdint>

namespace gantry::wire {

inline constexpr std::uint32_t kMonitorMagic = 0x324d4747;  // "GGM2"

/// When the monitor lets the container be started again (wire::kRestarting).
enum class RestartPolicy : std::uint32_t { no, on_failure, always };

/// How output becomes records.
enum class LogFormat : std::uint32_t {
  k8s_file,   ///< conmon's and CRI's: `<time> <stdout|stderr> <F|P> <text>\n`
  json_file,  ///< docker's: an object a line, with log, stream and time
};

enum MonitorFlags : std::uint32_t {
  kMonitorStdinOnce = 1,  ///< close the container's stdin when the first client's stdin ends or that client leaves
};

/// Read from the descriptor whose decimal number is argv[1], followed by command_length and then probe_length bytes:
/// the argv of the cleanup command and that of the health check, each word ended by NUL. Descriptors are -1 where there
/// is none; all are open in the monitor, which closes every other one above 2. Further words of argv are for who reads
/// `ps`.
///
/// The exec'ed monitor leads a session of its own. SIGKILL alone ends it before its container; then the container
/// goes on without log, and its exit stays unrecorded: who finds `pid` gone and no exit record must repair that.
struct MonitorOrder {
  std::uint32_t magic = kMonitorMagic;
  std::uint32_t flags = 0;
  std::int32_t pid = 0;         ///< the container's init, a child of the monitor
  std::int32_t stdin_fd = -1;   ///< write end of the container's stdin
  std::int32_t stdout_fd = -1;  ///< read ends
  std::int32_t stderr_fd = -1;
  std::int32_t terminal_fd = -1;    ///< the terminal's master instead of the three above
  std::int32_t log_fd = -1;         ///< opened for appending
  std::int32_t client_fd = -1;      ///< the first client, connected already
  std::int32_t listen_fd = -1;      ///< listening SOCK_SEQPACKET socket for further clients
  std::int32_t run_fd = -1;         ///< folder that gets the exit record
  std::int32_t log_folder_fd = -1;  ///< where the log is `log_name`; for rotation
  std::int32_t held_fd = -1;        ///< kept open until the container has ended; nothing is done with it
  std::uint32_t command_length = 0;
  std::uint32_t probe_length = 0;  ///< 0: no health check

  RestartPolicy restart_policy = RestartPolicy::no;
  std::uint32_t restart_tries = 0;  ///< of on_failure; 0: no limit
  std::uint32_t restarts = 0;       ///< how many there were since somebody started it
  std::uint32_t restart_delay = 0;  ///< milliseconds

  // Milliseconds.
  std::uint64_t timeout = 0;  ///< SIGKILL after it; 0: none
  std::uint64_t probe_interval = 0;
  std::uint64_t probe_start_interval = 0;  ///< during the start period, until a probe has succeeded; 0: probe_interval
  std::uint64_t probe_start_period = 0;

  LogFormat log_format = LogFormat::k8s_file;
  std::uint64_t log_max_size = 0;  ///< bytes; above, the log becomes `<log_name>.1` and a new one begins; 0: no limit
  char log_name[256] = {};
};

inline constexpr std::uint32_t kMaxCommand = 16384;  ///< bytes of the cleanup command
inline constexpr std::uint32_t kMaxCommandWords = 64;

/// The exit record in the folder run_fd: one line `<exit code> <signal or 0> <nanoseconds since 1970>\n`,
/// the code as a shell shows it (128 + signal). Written to a temporary name and renamed, before `exited` is sent.
inline constexpr const char* kExitRecord = "exit";

/// Files in run_fd about what follows the end. `stop`: somebody ends it for good, made before the signal, and cleans
/// up: as long as he lives he has a shared flock on it, and the monitor waits for an exclusive one before it looks
/// whether that was done. With a restart policy, `restarting`: made by the monitor before the exit record when it will
/// start the container again; who removes it takes that over from the monitor, which then leaves. `restart`: the time
/// has come, and the cleanup command starts the container; made out of `restarting`. Both hold the delay in
/// milliseconds. `policy`: there when the restart policy was changed since the start, as `<number of RestartPolicy>
/// <tries>\n`.
inline constexpr const char* kPolicy = "policy";
inline constexpr const char* kStop = "stop";
inline constexpr const char* kRestarting = "restarting";
inline constexpr const char* kRestart = "restart";

/// Clients speak SOCK_SEQPACKET; each packet is one byte of type and then the data. Who breaks the protocol is
/// disconnected, as is who shuts down either direction.
///
/// The first client loses nothing: while it does not read, the stream that waits for it is not read either, so the
/// container waits too. It must keep reading while it sends. Further clients get what comes after they connected, and
/// are disconnected when their socket's buffer is full: a client that sees the end without `exited` was too slow.
enum class Packet : std::uint8_t {
  // from a client
  input = 1,   ///< bytes for stdin; empty: stdin has ended
  resize = 2,  ///< two std::uint16_t, host order: rows, columns
  /// The first client's answer to `exited`, its last packet: it does the cleanup, the monitor need not. Without an
  /// answer within kTakeOverSeconds the monitor cleans up, so both may: cleaning up twice must be harmless.
  take_over = 3,
  // from the monitor
  output = 16,  ///< bytes of stdout (or of the terminal)
  error = 17,   ///< bytes of stderr
  exited = 18,  ///< std::int32_t exit code; the last packet
};

inline constexpr std::uint32_t kMaxPacket = 32768;  ///< bytes of data after the type
inline constexpr std::int32_t kTakeOverSeconds = 5;
inline constexpr std::uint32_t kMaxClients = 16;  ///< one more is disconnected at once

}  // namespace gantry::wire
