#pragma once

#include "oci/digest.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace gantry::store {

/// What containers hold of the store.
struct Roots {
  std::vector<oci::Digest> layers;                    ///< diff ids that they are made from
  std::vector<std::string> containers;                ///< ids that have a snapshot
  std::vector<std::vector<oci::Digest>> stacks = {};  ///< the layers by container, the lowest first
};
/// Called while nobody else uses the store, so that what it tells stays true.
using RootsSource = std::function<Result<Roots>()>;

struct Collected {
  std::uint64_t blobs = 0;
  std::uint64_t layers = 0;
  std::uint64_t trees = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t bytes = 0;        ///< of the blobs
  std::uint64_t layer_bytes = 0;  ///< of the layers' tars
  bool postponed = false;         ///< the store is in use: a later collection does it
};
enum class Wait { no, yes };

/// Removes the blobs, layers, trees and snapshots that neither an image nor a container needs, and what killed
/// processes left in tmp. Waits for those who use the store (Store::use), or leaves it to a later one.
Result<Collected> collect(const Store& store, const RootsSource& roots, Wait wait = Wait::no);

/// collect() for a caller who holds Store::use_alone().
Result<Collected> collect_alone(const Store& store, const Roots& roots);

}  // namespace gantry::store
