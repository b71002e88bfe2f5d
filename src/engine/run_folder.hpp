#pragma once

#include "base/fd.hpp"
#include "base/file.hpp"
#include "engine/records.hpp"

#include <optional>
#include <string>
#include <string_view>

// The folder <run root>/containers/<id> of a container that was started and has not been cleaned up. Its files:
//   start     who the container's init is, written before the monitor takes over
//   exit      how it ended, written by the monitor (wire/monitor.hpp)
//   attach    the monitor's socket
//   paused    there while it is paused
//   stop, restarting, restart   about what follows its end (wire/monitor.hpp)
//   hosts, hostname, resolv.conf
// The monitor holds a lock on the folder as long as it lives.

namespace gantry::engine {

inline constexpr const char* kAttachSocket = "attach";
inline constexpr const char* kPaused = "paused";

/// A container's init.
struct StartRecord {
  ProcessId init;
  Timestamp time = 0;

  std::string boot_id;

  /// Also false when the machine was rebooted since.
  bool alive() const;
  /// Its pidfd; Code::not_found when it is not alive.
  Result<Fd> open() const;
};

std::string format_start_record(const StartRecord& record);
std::optional<StartRecord> parse_start_record(std::string_view text);
std::optional<Exit> parse_exit_record(std::string_view text);

/// An id of this boot of the machine.
Result<std::string> boot_id();

class RunFolder {
 public:
  RunFolder(const std::string& run_root, const std::string& id) : path_(run_root + "/containers/" + id) {}

  const std::string& path() const { return path_; }
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
  bool exists() const { return path_exists(path_); }

  /// Makes it, empty.
  Result<Fd> make() const;
  Result<> remove() const { return remove_tree(path_); }

  /// Empty files that say something by being there.
  bool has(std::string_view mark) const { return path_exists(file(mark)); }
  Result<> set(std::string_view mark) const;
  Result<> clear(std::string_view mark) const { return remove_file(file(mark)); }

  Result<> write_start(const StartRecord& record) const;
  /// Nothing when there is none or it is torn.
  std::optional<StartRecord> start() const;
  std::optional<Exit> exit() const;

  /// For the process that becomes the monitor: the folder, locked until the last copy of the descriptor is closed.
  Result<Fd> open_for_monitor() const;
  /// Whether a monitor lives.
  bool monitored() const;
  /// After the end of the init that was started so: waits until the monitor has recorded it. Returns at once without a
  /// monitor, and when the folder is that of a later start.
  Result<> wait_for_exit(const StartRecord& start) const;

 private:
  std::string path_;
};

}  // namespace gantry::engine
