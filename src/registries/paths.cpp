#include "registries/paths.hpp"

#include <fmt/core.h>
#include <unistd.h>
#include "base/variables.hpp"

namespace gantry::registries {

namespace {

/// `folder`/`name`; without a folder there is none of it.
std::string below(const std::string& folder, const char* name) {
  return folder.empty() ? "" : fmt::format("{}/{}", folder, name);
}

/// The variable's value, or the folder `name` of the user's home.
std::string folder_of(const char* name, const std::string& home, const char* default_name) {
  std::string folder = variable(name);
  return folder.empty() ? below(home, default_name) : folder;
}

/// podman login writes there for root as well when root has a session.
std::string default_auth_file() {
  const std::string run = variable("XDG_RUNTIME_DIR");
  return run.empty() ? fmt::format("/run/containers/{}/auth.json", geteuid()) : run + "/containers/auth.json";
}

std::vector<AuthFile> auth_files(const std::string& option, const std::string& home) {
  if (!option.empty()) return {{.path = option, .must_exist = true}};
  if (std::string file = variable("REGISTRY_AUTH_FILE"); !file.empty()) return {{.path = file}};
  std::vector<AuthFile> files{{.path = default_auth_file()}};
  auto add = [&](std::string path, bool old_format = false) {
    if (!path.empty()) files.push_back({.path = std::move(path), .old_format = old_format});
  };
  add(below(folder_of("XDG_CONFIG_HOME", home, ".config"), "containers/auth.json"));
  add(below(folder_of("DOCKER_CONFIG", home, ".docker"), "config.json"));
  add(below(home, ".dockercfg"), true);
  return files;
}

}  // namespace

Paths paths_of_environment(const PathOptions& options) {
  const std::string home = variable("HOME");
  // Not XDG_CONFIG_HOME: the libraries of podman and skopeo look for these two below ~/.config alone.
  const std::string containers = below(home, ".config/containers");
  Paths paths;
  paths.auth_files = auth_files(options.auth_file, home);
  paths.only_registries_conf = variable("CONTAINERS_REGISTRIES_CONF");
  paths.user_registries_conf = below(containers, "registries.conf");
  paths.system_registries_conf = "/etc/containers/registries.conf";
  paths.system_drop_ins = "/etc/containers/registries.conf.d";
  paths.user_drop_ins = below(containers, "registries.conf.d");
  const std::string cache = geteuid() == 0 ? "/var/cache" : folder_of("XDG_CACHE_HOME", home, ".cache");
  paths.short_name_aliases = below(cache, "containers/short-name-aliases.conf");
  paths.certificates = options.certificates;
  if (!containers.empty()) paths.certificate_folders.push_back(containers + "/certs.d");
  paths.certificate_folders.push_back("/etc/containers/certs.d");
  paths.certificate_folders.push_back("/etc/docker/certs.d");
  return paths;
}

}  // namespace gantry::registries
