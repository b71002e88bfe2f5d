#pragma once

#include "base/clock.hpp"

#include <string>
#include <string_view>

namespace gantry::webhook {

/// What has happened to an image.
struct Happening {
  std::string_view type;  ///< "push", "delete"
  std::string repository;
  std::string tag;     ///< empty: none is concerned
  std::string digest;  ///< empty: a tag was removed, and nothing else
  std::string actor;   ///< empty: nobody in particular
};

/// A CloudEvent as JSON (CloudEvents 1.0.2, "JSON Event Format", structured content).
std::string cloud_event(const Happening& happening, std::string_view source, std::string_view id, Timestamp time);

}  // namespace gantry::webhook
