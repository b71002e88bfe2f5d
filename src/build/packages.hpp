#pragma once

#include "base/fd.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::build {

/// A package that a distribution's package manager has installed.
struct InstalledPackage {
  std::string name;
  std::string version;
  std::string architecture;
  std::string source_type;  ///< of its package URL: "deb", "apk"
  std::string license;      ///< empty: the database does not say
  bool operator==(const InstalledPackage&) const = default;
};

/// Those that are installed, of /var/lib/dpkg/status (deb-control(5)).
std::vector<InstalledPackage> parse_dpkg_status(std::string_view text);
/// Those of /lib/apk/db/installed (wiki.alpinelinux.org, "Apk spec").
std::vector<InstalledPackage> parse_apk_installed(std::string_view text);

/// What the databases in an image's tree list, sorted by name. They are hostile: nothing is followed out of the tree,
/// and what is no package is passed over.
Result<std::vector<InstalledPackage>> find_packages(const Fd& root);

/// The "ID" and "VERSION_ID" of os-release(5) in it; empty: there is none.
struct Distribution {
  std::string id;
  std::string version;
};
Distribution find_distribution(const Fd& root);

}  // namespace gantry::build
