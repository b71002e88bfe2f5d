#pragma once

#include "base/fd.hpp"

#include <string>

namespace gantry::store {

/// Puts the unpacked layer `layer`, as Layers::path() has it, over the folder `tree`, which holds the layers below it:
/// what overlayfs would show of both. Its whiteouts and opaque folders remove what they hide. Owners, modes, times,
/// attributes, links and holes are kept, and file data is shared where the file system can. Nobody else may change the
/// tree meanwhile; after an error it holds a part of the layer. Takes the rights to make files of their owners. Nothing
/// is synced.
Result<> apply_layer(const std::string& layer, const Fd& tree);

}  // namespace gantry::store
