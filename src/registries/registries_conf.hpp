#pragma once

#include "base/result.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::registries {

/// Which references a mirror may serve.
enum class MirrorUse { all, digest_only, tag_only };

struct Mirror {
  std::string location;  ///< as Registry::location
  bool insecure = false;
  MirrorUse use = MirrorUse::all;
};

/// A [[registry]] table.
struct Registry {
  std::string prefix;     ///< what names begin with: "quay.io", "quay.io/ns", "quay.io/ns/repo:tag", "*.example.com"
  std::string location;   ///< what takes the prefix's place; empty: the name stays as it is
  bool insecure = false;  ///< HTTP, and certificates of anyone, are allowed
  bool blocked = false;
  std::vector<Mirror> mirrors;
  std::string file;  ///< that says so
};

/// What to do with a short name that several registries may have.
enum class ShortNameMode { enforcing, permissive, disabled };

/// One file of containers-registries.conf(5). What the file does not set is absent.
struct RegistriesConf {
  bool is_version_1 = false;
  std::vector<Registry> registries;
  std::optional<std::vector<std::string>> search;  ///< unqualified-search-registries
  std::optional<ShortNameMode> short_name_mode;
  std::map<std::string, std::string> aliases;  ///< whole names by short names; empty: no alias any more
  std::optional<std::vector<std::string>> credential_helpers;
};

/// Code::invalid with the file, and the line or the key. Unknown keys are warned of in the log. Locations, prefixes and
/// aliases are names that oci::parse_reference takes when the rest is added.
Result<RegistriesConf> parse_registries_conf(std::string_view text, std::string_view file);

/// Whether the name begins with a registry, as `host/…` where the host has a dot or a port or is localhost.
bool is_whole_name(std::string_view name);

}  // namespace gantry::registries
