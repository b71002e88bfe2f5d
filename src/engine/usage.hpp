#pragma once

#include "engine/container.hpp"
#include "store/images.hpp"

#include <cstdint>
#include <vector>

namespace gantry::engine {

/// What an image takes. Sizes of layers are those of their tars; blobs are as large as on disk.
struct ImageUsage {
  store::ImageSummary image;
  std::uint64_t shared = 0;  ///< bytes of layers that other images have too
  std::uint64_t unique = 0;  ///< bytes of layers and blobs that are nobody else's
  std::size_t containers = 0;
};

struct ContainerUsage {
  Container container;
  std::uint64_t size = 0;  ///< bytes on disk of what it has written, and of its log
};

/// What everything under the root takes on disk.
struct Usage {
  std::vector<ImageUsage> images;
  std::uint64_t images_size = 0;         ///< bytes of all layers and blobs, each once
  std::uint64_t images_reclaimable = 0;  ///< of those that only images without a container need, or nothing
  std::vector<ContainerUsage> containers;
};

/// What a pruning has removed.
struct Pruned {
  std::vector<std::string> ids;
  std::uint64_t bytes = 0;
};

}  // namespace gantry::engine
