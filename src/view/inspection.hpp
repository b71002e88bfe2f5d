#pragma once

#include "oci/platform.hpp"
#include "transfer/origin.hpp"

#include <boost/json/object.hpp>

#include <optional>

namespace gantry::view {

/// What `skopeo inspect` prints of an image, with the same names, and its config's history besides. Of an index it is
/// the image for `platform` (default: this machine). `Name` and `RepoTags` are the caller's to add.
Result<boost::json::object> inspection(const transfer::Origin& origin, const transfer::Listed& image,
                                       const std::optional<oci::Platform>& platform);

}  // namespace gantry::view
