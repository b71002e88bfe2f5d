#pragma once

#include "oci/digest.hpp"
#include "store/check.hpp"
#include "store/store.hpp"

#include <set>
#include <string>
#include <vector>

namespace gantry::store {

/// An entry of index.json that cannot be used, so that not all is known that it needs.
struct Broken {
  oci::Digest digest;
  std::string object;  ///< "image localhost/busybox:latest"
  std::string problem;
};

/// What the images in index.json need, and what of it is wrong.
struct Survey {
  std::set<oci::Digest> blobs;
  std::set<oci::Digest> layers;               ///< diff ids
  std::set<std::vector<oci::Digest>> stacks;  ///< those of an image together, the lowest first
  std::vector<Finding> findings;              ///< about images that are not broken
  std::vector<Broken> broken;
};

/// Fails when index.json itself cannot be read.
Result<Survey> survey(const Store& store);

/// Chain ids of the trees that are part of no image and of no container's image.
Result<std::vector<oci::Digest>> unneeded_trees(const Store& store, const Survey& found, const Roots& roots);

}  // namespace gantry::store
