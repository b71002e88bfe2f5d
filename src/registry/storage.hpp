#pragma once

#include "content/blobs.hpp"
#include "registry/metadata.hpp"
#include "registry/uploads.hpp"

#include <memory>
#include <string>

namespace gantry::registry {

/// All that a registry keeps, below one folder: an OCI image layout's `blobs/`, `uploads/` and `registry.db`.
struct Storage {
  content::Blobs blobs;
  std::unique_ptr<Metadata> metadata;
  std::unique_ptr<Uploads> uploads;

  /// Makes what is missing of it.
  static Result<Storage> open(const std::string& root);
};

}  // namespace gantry::registry
