#pragma once

#include "base/fd.hpp"
#include "base/log.hpp"
#include "options/command.hpp"
#include "runtime/runtime.hpp"

#include <optional>
#include <string>
#include <vector>

// The command line that runc and crun share: one file per command.
namespace gantry::runtime_cli {

using options::Command;

enum class CgroupManager { cgroupfs, systemd, disabled };
enum class Rootless { yes, no, detect };

struct Globals {
  std::string root;  ///< as given
  std::string log;   ///< a file for messages; errors go to stderr too
  log::Format log_format = log::Format::text;
  CgroupManager cgroup_manager = CgroupManager::cgroupfs;
  Rootless rootless = Rootless::detect;
  bool debug = false;
  bool systemd_cgroup = false;
};

/// For Program::ready: the log, and what cannot be had is refused.
Result<> apply_globals(void* globals);

/// Whether systemd is to make the cgroup.
bool wants_systemd(const Globals& globals);

/// The program that speaks to systemd. An all-static build has none.
inline constexpr std::string_view kSystemdProgram = "gantry-systemd";

/// /run/gantry-runtime, or gantry-runtime in $XDG_RUNTIME_DIR for an ordinary user, unless --root is given.
Result<runtime::Settings> settings(const Globals& globals);

/// `path` as seen from the current directory, absolute.
Result<std::string> absolute(const std::string& path);

/// What an error calls the socket that takes the terminal's master.
inline constexpr const char* kConsoleSocket = "console socket";

inline constexpr options::Words kContainer{
    .name = "CONTAINER", .least = 1, .most = 1, .first = options::Completes::nothing};

/// The containers that a command is about: the one whose id is `word` or, with `regex`, all whose ids the POSIX
/// extended regular expression `word` matches.
Result<std::vector<std::string>> chosen_containers(const runtime::Settings& settings, const std::string& word,
                                                   bool regex);

extern const Command kCheckpoint, kCreate, kDelete, kEvents, kExec, kFeatures, kKill, kList, kPause, kPs, kRestore,
    kResume, kRun, kSpec, kStart, kState, kUpdate;

}  // namespace gantry::runtime_cli
