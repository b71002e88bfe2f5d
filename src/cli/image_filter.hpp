#pragma once

#include "base/clock.hpp"
#include "cli/filters.hpp"
#include "store/images.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gantry::cli {

/// When the image of this name was made; Code::not_found without such an image.
using CreationOf = std::function<Result<Timestamp>(const std::string& name)>;
CreationOf creation_in(const store::Images& images);

/// Which images a listing shows: the --filter options reference, dangling, label, label!, until, before, since and id,
/// as podman and docker have them.
class ImageFilter {
 public:
  /// `now` is what an age in `until` counts from.
  static Result<ImageFilter> make(const Filters& filters, const CreationOf& creation_of, Timestamp now = gantry::now());

  /// The names under which the image is shown, one empty name for an image without; nothing: it is not shown.
  std::vector<std::string> names_of(const store::ImageSummary& image) const;

  bool shows_image(const store::ImageSummary& image) const;

 private:
  bool shows_name(const std::string& name) const;

  std::vector<std::string> references_;  ///< patterns, one of which must match
  std::vector<std::string> labels_;      ///< "name" or "name=value": all must hold
  std::vector<std::string> no_labels_;   ///< ditto, none may hold
  std::vector<std::string> ids_;         ///< beginnings, one of which must match
  std::optional<bool> dangling_;
  std::vector<Timestamp> before_;  ///< made before all of these
  std::vector<Timestamp> since_;   ///< ditto after
};

/// Whether a pattern such as "busybox", "localhost/*" or "*:1.36" is about a canonical name.
bool reference_matches(const std::string& pattern, const std::string& name);

}  // namespace gantry::cli
