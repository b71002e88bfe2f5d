#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::view {

/// What to take of one repository.
struct SyncImages {
  std::string repository;         ///< without the registry
  std::vector<std::string> tags;  ///< and digests; empty: all that there are, or those that match
  std::string pattern;            ///< a regular expression for tags; empty: none
  std::string versions;           ///< a range of semantic versions for tags; empty: none
};

struct SyncRegistry {
  std::string host;
  std::string user, password;  ///< empty: as the user is logged in
  std::optional<bool> tls_verify;
  std::string certificates;  ///< a folder
  std::vector<SyncImages> images;
};

/// The file that skopeo-sync(1) reads: registries with `images`, `images-by-tag-regex`, `images-by-semver`,
/// `credentials`, `tls-verify` and `cert-dir`. Code::invalid names what is unknown there.
Result<std::vector<SyncRegistry>> parse_sync_plan(std::string_view text, std::string_view file);

/// The tags among `tags` that the plan means. Code::invalid for a pattern or range that cannot be read.
Result<std::vector<std::string>> chosen_tags(const SyncImages& images, const std::vector<std::string>& tags);

/// Whether a tag is a semantic version in a range: comparisons as ">=1.2", "<2", "~1.4", "^1", joined by commas or
/// blanks (all must hold) and by "||" (one must). "v1.2" is 1.2; a pre-release is in no range that does not name one.
Result<bool> is_in_range(std::string_view tag, std::string_view range);

}  // namespace gantry::view
