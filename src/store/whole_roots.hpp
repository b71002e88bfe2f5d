#pragma once

#include "store/store.hpp"

#include <span>
#include <string>

namespace gantry::store {

/// The snapshot of the container `id` as a folder with all files of the image whose layers these are (diff ids, the
/// lowest first). `kind`: copied or snapshot. Code::exists when the id has one. For Store::use().
Result<Snapshot> prepare_whole(const Store& store, RootKind kind, const std::string& id,
                               std::span<const oci::Digest> layers);

}  // namespace gantry::store
