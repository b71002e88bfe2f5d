#pragma once

#include "transfer/location.hpp"
#include "transfer/target.hpp"

#include <memory>

namespace gantry::transfer {

/// An OCI image layout in a folder, which is made or added to.
Result<std::unique_ptr<Target>> make_layout_target(const Location& location);
/// An OCI image layout in a tar, or a folder as skopeo's dir: is. Code::exists for a folder that is there.
Result<std::unique_ptr<Target>> make_archive_target(const Location& location);
Result<std::unique_ptr<Target>> make_dir_target(const Location& location);

}  // namespace gantry::transfer
