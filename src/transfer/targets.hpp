#pragma once

#include "transfer/destination.hpp"
#include "transfer/location.hpp"
#include "transfer/target.hpp"

#include <memory>

namespace gantry::transfer {

/// An OCI image layout in a folder, which is made or added to.
Result<std::unique_ptr<Target>> make_layout_target(const Location& location);
/// An OCI image layout in a tar, or a folder as skopeo's dir: is. Code::exists for a folder that is there.
Result<std::unique_ptr<Target>> make_archive_target(const Location& location);
/// The same into a stream that is open.
std::unique_ptr<Target> make_archive_target(std::unique_ptr<Destination> destination, const Location& location);
/// What `docker load` reads: one image, its layers not compressed.
Result<std::unique_ptr<Target>> make_docker_archive_target(const Location& location);
Result<std::unique_ptr<Target>> make_dir_target(const Location& location);

}  // namespace gantry::transfer
