#pragma once

#include "base/result.hpp"
#include "oci/reference.hpp"
#include "registries/paths.hpp"
#include "registries/registries_conf.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::registries {

/// All files of containers-registries.conf(5), read and put together.
struct Configuration {
  std::vector<Registry> registries;  ///< one for each prefix
  std::vector<std::string> search;   ///< registries that short names are looked for in
  std::string search_file;           ///< that says so; empty: none does, and docker.io is meant
  ShortNameMode short_name_mode = ShortNameMode::permissive;
  std::map<std::string, std::string> aliases;   ///< whole names by short names
  std::vector<std::string> credential_helpers;  ///< for CredentialStore
};

/// Of several files the last one that says something about a prefix, an alias or a setting counts. Files that are
/// missing say nothing, but for Paths::only_registries_conf.
Result<Configuration> load_configuration(const Paths& paths);

/// A place that an image can be pulled from.
struct Endpoint {
  oci::Reference reference;  ///< what to ask for there
  bool insecure = false;     ///< HTTP, and certificates of anyone, are allowed
  bool mirror = false;
};

/// Where to pull from, in order: the mirrors that may serve this reference, and the registry's own place.
/// Code::denied, with the file that says so, when the registry is blocked.
Result<std::vector<Endpoint>> endpoints(const Configuration& configuration, const oci::Reference& reference);

/// What a name that a user typed may mean, in the order in which to try. A whole name means itself; a short one what
/// its alias says, or the image of that name in each of the registries to search. Code::invalid when there is none, and
/// with ShortNameMode::enforcing when there are several.
Result<std::vector<oci::Reference>> candidates(const Configuration& configuration, std::string_view name);

}  // namespace gantry::registries
