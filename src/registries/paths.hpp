#pragma once

#include <string>
#include <vector>

namespace gantry::registries {

/// A file with credentials.
struct AuthFile {
  std::string path;
  bool old_format = false;  ///< ~/.dockercfg: the entries alone, without "auths" around them
  bool must_exist = false;  ///< named by an option: a name with a mistake must not mean "without credentials"
};

/// Where the user's and the system's configuration of registries is. An empty path is left out.
struct Paths {
  /// In the order in which they are read; the first is the one that is written (containers-auth.json(5)).
  std::vector<AuthFile> auth_files;

  /// containers-registries.conf(5)
  std::string only_registries_conf;  ///< where set, none of the next four is read
  std::string user_registries_conf;  ///< where it exists, instead of the system's file and drop-ins
  std::string system_registries_conf;
  std::string system_drop_ins;  ///< folders with *.conf files
  std::string user_drop_ins;
  std::string short_name_aliases;  ///< that podman has recorded; they come first

  /// containers-certs.d(5)
  std::string certificates;                      ///< where set, the only folder, and without one a registry in it
  std::vector<std::string> certificate_folders;  ///< with a folder for each host[:port]; the first that exists counts
};

/// What the command line says: options that are empty were not given.
struct PathOptions {
  std::string auth_file;     ///< --authfile
  std::string certificates;  ///< --cert-dir
};

/// The paths that podman, skopeo and docker use for the calling user, by HOME, XDG_RUNTIME_DIR, XDG_CONFIG_HOME,
/// XDG_CACHE_HOME, REGISTRY_AUTH_FILE, DOCKER_CONFIG and CONTAINERS_REGISTRIES_CONF.
Paths paths_of_environment(const PathOptions& options);

}  // namespace gantry::registries
