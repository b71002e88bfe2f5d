#pragma once

#include "base/clock.hpp"
#include "store/store.hpp"

#include <boost/json/object.hpp>

#include <string>

// What the commands about images tell of an image, in the words of podman and docker.

namespace gantry::cli {

/// A line of `images`: the image under one of its names; an empty name for an image without.
boost::json::object image_row(const store::ImageSummary& image, const std::string& name, bool in_full, Timestamp now,
                              const boost::json::storage_ptr& storage = {});
/// An item of `images --format json`.
boost::json::object image_document(const store::ImageSummary& image, Timestamp now);
/// An item of `image inspect`.
Result<boost::json::object> image_inspection(const store::Store& store, const store::Image& image);

}  // namespace gantry::cli
