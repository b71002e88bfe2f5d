#pragma once

#include "distribution/repository.hpp"
#include "transfer/origin.hpp"

#include <memory>

namespace gantry::remote {

/// The image that `reference` names, in the repository where it is to be found: perhaps a mirror's. Its manifest or
/// index is fetched here. Code::not_found when it is not there.
Result<std::unique_ptr<transfer::Origin>> open_registry_origin(distribution::Repository repository,
                                                               const oci::Reference& reference);

}  // namespace gantry::remote
