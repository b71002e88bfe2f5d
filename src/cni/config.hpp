#pragma once

#include "base/result.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

// Networks of CNI (cni.dev, specification 1.1.0, section 1): chains of plugins.

namespace gantry::cni {

inline constexpr const char* kDefaultConfigFolder = "/etc/cni/net.d";

/// A network configuration, as a .conflist has it.
struct ConfigList {
  std::string version;  ///< that is spoken: of `versions` the highest, or what Chain::negotiate() has found
  std::vector<std::string> versions;  ///< cniVersion and cniVersions, those that we know, the highest first
  std::string name;
  std::vector<boost::json::object> plugins;  ///< as written; each has a `type` that is a plain file name
  bool disable_check = false;
  bool disable_gc = false;
  std::string path;  ///< where it is written
};

/// A .conflist, or a .conf of one plugin. `path` is for errors. Code::invalid for what breaks the specification.
Result<ConfigList> parse_config(std::string_view text, const std::string& path);
/// Every network of a folder by the order of its files' names; a broken file is logged and passed over. A missing
/// folder has none.
Result<std::vector<ConfigList>> load_configs(const std::string& folder);
/// Code::not_found when the folder has no such network.
Result<ConfigList> find_config(const std::string& folder, std::string_view name);

/// Compares "0.4.0" and the like figure by figure; negative: `a` is older.
int compare_versions(std::string_view a, std::string_view b);
/// What the specification asks of names of networks and ids of containers: a letter or figure, then these, '.', '_',
/// '-'.
bool is_cni_name(std::string_view name);

}  // namespace gantry::cni
