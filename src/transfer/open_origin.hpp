#pragma once

#include "store/store.hpp"
#include "transfer/location.hpp"
#include "transfer/origin.hpp"

#include <memory>
#include <string>

namespace gantry::transfer {

/// The image of a store that `name` means, with its blobs.
Result<std::unique_ptr<Origin>> open_store_origin(const store::Store& store, const std::string& name);

/// What an entry of a store's index.json stands for, also when it is no image for this machine.
Result<std::unique_ptr<Origin>> open_store_entry(const store::Store& store, const oci::Descriptor& entry);

/// Opens the files at `location`, of whatever kind they are. `tmp` is a folder for what has to be put down: an archive
/// from a pipe, or one that is compressed. Code::invalid when there is no image.
Result<std::unique_ptr<Origin>> open_files(const Location& location, const std::string& tmp);

}  // namespace gantry::transfer
