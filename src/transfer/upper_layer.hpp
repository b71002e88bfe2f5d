#pragma once

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "oci/digest.hpp"
#include "store/store.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace gantry::transfer {

/// A layer that the store has now.
struct SealedLayer {
  oci::Digest diff_id;  ///< empty: nothing was written, so there is no layer
  std::uint64_t size = 0;
  std::uint64_t entries = 0;
};

/// Makes a layer of what overlayfs has put into `staging`, whose folder was the upper one: it is read once, to be
/// hashed, and then stays as it is. A store that keeps layers as images gets its image from `upper`, the folder that
/// was written to. Later times than `latest` become this one. Nothing may be mounted from it any more. Takes the rights
/// of whom the files belong to: root's, or that of the user namespace. Its blob is made when it is read
/// (transfer/layer_blob.hpp).
Result<SealedLayer> seal_upper(const store::Store& store, store::LayerStaging& staging, const std::string& upper,
                               const std::optional<Timestamp>& latest);

/// Makes a layer of what a container has written and goes on writing to: `upper` stays as it is. Files that change
/// meanwhile are as they were at some moment.
Result<SealedLayer> copy_upper(const store::Store& store, const std::string& upper,
                               const std::optional<Timestamp>& max_mtime);

}  // namespace gantry::transfer
