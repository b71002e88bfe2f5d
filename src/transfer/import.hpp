#pragma once

#include "base/stream.hpp"
#include "oci/platform.hpp"
#include "store/store.hpp"
#include "transfer/load.hpp"

#include <memory>
#include <string>
#include <vector>

namespace gantry::transfer {

/// What a root file system alone does not say about its image.
struct ImportOptions {
  std::string name;                  ///< canonical reference; empty: none
  std::vector<std::string> changes;  ///< see apply_change()
  std::string message;               ///< of the image's history
  std::string created_by;            ///< ditto
  oci::Platform platform = oci::host_platform();
};

/// Makes an image of one layer from a tar, plain or compressed with gzip or zstd. `label` is for errors. Its time is
/// build_time(), so that the same tar can give the same image.
Result<LoadedImage> import(const store::Store& store, std::unique_ptr<Source> tar, const std::string& label,
                           const ImportOptions& options);

}  // namespace gantry::transfer
