#pragma once

#include "transfer/origin.hpp"
#include "transfer/tree.hpp"

#include <memory>

namespace gantry::transfer {

// The kinds of tree that hold images. Code::invalid or corrupt when the tree is not of that kind.

/// An OCI image layout (image-spec image-layout.md).
Result<std::unique_ptr<Origin>> open_layout(std::unique_ptr<Tree> tree);
/// What skopeo makes for dir: one image, or an index with its manifests.
Result<std::unique_ptr<Origin>> open_dir(std::unique_ptr<Tree> tree);
/// What `docker save` writes. It has no manifests: ours take their place.
Result<std::unique_ptr<Origin>> open_docker_archive(std::unique_ptr<Tree> tree);

}  // namespace gantry::transfer
