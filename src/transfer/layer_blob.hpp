#pragma once

#include "base/fd.hpp"
#include "oci/image_spec.hpp"
#include "store/store.hpp"

#include <cstdint>

// A layer that was made here lies unpacked in the store, and its blob, a plain tar, does not lie beside it: it is
// packed again whenever somebody reads it. archive::pack() gives the same bytes each time.

namespace gantry::transfer {

/// What a manifest says of a layer that is its own plain tar.
Result<oci::Descriptor> plain_layer(const store::Store& store, const oci::Digest& diff_id);

/// The bytes of a blob, from their start: its file, or one without a name that goes with the descriptor.
/// Code::not_found when the store has it in neither way, Code::corrupt when a layer is not what its digest says any
/// more. One thread only, as an ordinary user's layers are packed in a user namespace.
Result<Fd> open_blob(const store::Store& store, const oci::Digest& digest);
/// How many there are.
Result<std::uint64_t> blob_size(const store::Store& store, const oci::Digest& digest);

}  // namespace gantry::transfer
