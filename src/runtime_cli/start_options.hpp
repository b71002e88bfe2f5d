#pragma once

#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

/// What create, run and restore share.
struct BundleOptions {
  std::string bundle = ".";
  std::string config = "config.json";
  std::string console_socket;
  std::string pid_file;
  bool no_subreaper = false;
};

inline constexpr options::Option kBundleOptions[] = {
    options::option<&BundleOptions::bundle>('b', "bundle", "PATH", "The folder that holds config.json (default: here)")
        .completing(options::Completes::folders),
    options::option<&BundleOptions::config>('f', "config", "PATH", "The config instead of the bundle's config.json")
        .completing(options::Completes::files),
    options::option<&BundleOptions::console_socket>(0, "console-socket", "PATH",
                                                    "Unix socket that gets the master of the terminal")
        .completing(options::Completes::files),
    options::option<&BundleOptions::pid_file>(0, "pid-file", "PATH", "File that gets the pid of the container")
        .completing(options::Completes::files),
    options::flag<&BundleOptions::no_subreaper>(0, "no-subreaper",
                                                "Do not adopt orphans of the container (create never does)"),
};

/// What create and run share besides.
struct StartOptions {
  std::int64_t preserve_fds = 0;
  bool no_pivot = false;
  bool no_new_keyring = false;
};

inline constexpr options::Option kStartOptions[] = {
    options::option<&StartOptions::preserve_fds>(0, "preserve-fds", "N",
                                                 "Pass N descriptors from 3 on to the container"),
    options::flag<&StartOptions::no_pivot>(0, "no-pivot", "Do not use pivot_root: for a root on a ramfs"),
    options::flag<&StartOptions::no_new_keyring>(0, "no-new-keyring", "Keep the session keyring of the caller"),
};

/// The request for the bundle's config. `console` keeps the socket open, if there is one.
Result<runtime::CreateRequest> make_request(const Globals& globals, const std::string& id, const BundleOptions& options,
                                            Fd& console);
Result<> apply_start_options(const StartOptions& options, runtime::CreateRequest& request);

/// The descriptors of --preserve-fds: each must be open.
Result<int> check_preserved(std::int64_t count);

}  // namespace gantry::runtime_cli
