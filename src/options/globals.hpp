#pragma once

#include "base/log.hpp"
#include "options/option.hpp"

#include <string>
#include <vector>

namespace gantry::options {

/// The options that `gantry` and its siblings share.
struct Globals {
  std::string root;  ///< as given; see folders()
  std::string run_root;
  std::string storage_driver;                ///< for layers and containers that come into the store
  std::vector<std::string> storage_options;  ///< "KEY=VALUE": limits for them, and their form
  log::Level log_level = log::Level::warning;
  log::Format log_format = log::Format::text;
};

inline constexpr Choice<log::Level> kLogLevels[] = {{"debug", log::Level::debug},
                                                    {"info", log::Level::info},
                                                    {"warning", log::Level::warning},
                                                    {"warn", log::Level::warning},
                                                    {"error", log::Level::error}};
inline constexpr Choice<log::Format> kLogFormats[] = {{"text", log::Format::text}, {"json", log::Format::json}};

inline constexpr Option kGlobalOptions[] = {
    option<&Globals::root>(0, "root", "PATH", "Where images and containers are kept").completing(Completes::folders),
    option<&Globals::run_root>(0, "runroot", "PATH", "Where the state of running containers is kept")
        .completing(Completes::folders),
    option<&Globals::storage_driver>(0, "storage-driver", "overlay|erofs|btrfs|vfs",
                                     "How new layers and containers are kept on disk"),
    option<&Globals::storage_options>(0, "storage-opt", "KEY=VALUE",
                                      "How layers come in, as in size=20g or erofs.compression=lz4"),
    option<&Globals::log_level, read_choice<kLogLevels>>(0, "log-level", "debug|info|warning|error",
                                                         "Log messages of this level and above"),
    option<&Globals::log_format, read_choice<kLogFormats>>(0, "log-format", "text|json", "How log lines are written"),
};

/// As given, else as $STORAGE_DRIVER says, which podman reads too; empty: nobody says anything.
std::string storage_driver(const Globals& globals);

/// As given, else $STORAGE_OPTS, separated by commas. What that says about podman's own drivers is left out.
std::vector<std::string> storage_options(const Globals& globals);

/// For Program::ready.
Result<> configure_log(void* globals);

/// Where things are kept; absolute.
struct Folders {
  std::string root;      ///< images and containers
  std::string run_root;  ///< what does not outlive a reboot
};

/// As given, else /var/lib/gantry and /run/gantry for root, else ~/.local/share/gantry (or in $XDG_DATA_HOME) and
/// gantry in $XDG_RUNTIME_DIR. Without the latter it is /tmp/gantry-<uid>, which is made and must be ours alone.
Result<Folders> folders(const Globals& globals);

}  // namespace gantry::options
