#pragma once

#include "oci/digest.hpp"

#include <span>
#include <vector>

namespace gantry::store {

/// What image-spec config.md calls ChainIDs: a name for each layer together with all below it. `layers`: diff ids, the
/// lowest first; as many chain ids come in the same order.
std::vector<oci::Digest> chain_ids(std::span<const oci::Digest> layers);

}  // namespace gantry::store
