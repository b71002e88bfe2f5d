#pragma once

#include "oci/platform.hpp"
#include "transfer/origin.hpp"
#include "transfer/target.hpp"

#include <optional>

namespace gantry::transfer {

struct CopyOptions {
  bool all = false;                       ///< an index with all its images, instead of the one for `platform`
  std::optional<oci::Platform> platform;  ///< default: this machine
};

/// Copies an image as it is: every document and blob keeps its digest. Artifacts are copied too. What the target has
/// already is not copied again. Returns the digest of what was copied.
Result<oci::Digest> copy(const Origin& origin, const Listed& image, Target& target, const CopyOptions& options = {});

}  // namespace gantry::transfer
