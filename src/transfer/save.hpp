#pragma once

#include "progress/meter.hpp"
#include "store/store.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::transfer {

enum class SaveFormat { docker_archive, oci_archive, oci_dir, docker_dir };

/// Writes images, each given by name or id, to `output` (empty: standard output). Every blob is compared to its digest
/// on the way. Docker's and OCI's manifests are turned into the kind that the format has; images keep their ids.
/// Code::invalid when the format cannot hold that many images.
Result<> save(const store::Store& store, const std::vector<std::string>& images, SaveFormat format,
              const std::string& output, progress::Meter& meter = progress::silent());

}  // namespace gantry::transfer
