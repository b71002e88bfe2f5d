#pragma once

#include "distribution/repository.hpp"
#include "oci/reference.hpp"
#include "store/store.hpp"
#include "transfer/target.hpp"

#include <memory>
#include <string>

namespace gantry::remote {

/// A repository, under the tag or digest of `reference`. Blobs that another repository of the same registry has,
/// `mount_from`, are taken from there; empty: none is known. The store notes where uploads go on.
std::unique_ptr<transfer::Target> make_registry_target(distribution::Repository repository,
                                                       const oci::Reference& reference, std::string mount_from,
                                                       const store::Store& store);

}  // namespace gantry::remote
