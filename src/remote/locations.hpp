#pragma once

#include "remote/registry_access.hpp"
#include "store/store.hpp"
#include "transfer/location.hpp"
#include "transfer/origin.hpp"
#include "transfer/target.hpp"

#include <memory>
#include <string>

namespace gantry::remote {

/// What is at a location, whatever the transport. A name alone is an image of the store.
Result<std::unique_ptr<transfer::Origin>> open_origin(const store::Store& store, const Registries& registries,
                                                      const transfer::Location& location);

/// The one image that a user means by "docker://NAME", "oci:PATH:NAME", a name in the store, …
struct OpenedImage {
  std::unique_ptr<transfer::Origin> origin;
  transfer::Listed image;
};
/// Code::invalid with a cure when several may be meant.
Result<OpenedImage> open_image(const store::Store& store, const Registries& registries, const std::string& location);

/// Where to copy to; the store is for what has to be whole before it goes there. Code::unsupported for what cannot be
/// written that way.
Result<std::unique_ptr<transfer::Target>> make_target(const store::Store& store, const Registries& registries,
                                                      const std::string& location);

}  // namespace gantry::remote
