#pragma once

#include "base/clock.hpp"
#include "oci/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::retention {

/// What of a repository stays. A tag goes when no member of the rule says that it stays, and an image when all its tags
/// go. What a kept index names stays, and what says something about a kept image, such as a signature.
struct Rule {
  std::optional<std::int64_t> keep_last;  ///< so many tags stay, the newest first
  std::int64_t older_than = 0;            ///< what is younger than so many nanoseconds stays
  std::vector<std::string> tags;  ///< patterns: all others stay, and do not count for keep_last; none: all count
  std::vector<std::string> keep;  ///< patterns: these stay, and do not count either
  bool untagged = false;          ///< what no tag leads to goes too, once it is old enough

  /// Whether it is about tags at all.
  bool is_about_tags() const { return keep_last || older_than > 0; }
};

/// A manifest or index as a repository has it.
struct Image {
  oci::Digest digest;
  Timestamp time = 0;  ///< when it was pushed or made; 0: nobody knows, and it stays
  std::vector<std::string> tags;
  std::vector<oci::Digest> parts;      ///< manifests of an index
  std::optional<oci::Digest> subject;  ///< what it says something about
};

/// Those of `images` that go: indexes before what they name, and what says something before what it is about.
std::vector<Image> expired(const std::vector<Image>& images, const Rule& rule, Timestamp now);

/// The image that a tag says something about: "sha256-<hex>", with anything behind it as cosign has it
/// (distribution-spec, "Referrers Tag Schema"). Nothing: it is a tag like others.
std::optional<oci::Digest> subject_of_tag(const std::string& tag);

}  // namespace gantry::retention
