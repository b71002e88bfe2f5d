#pragma once

#include "oci/platform.hpp"
#include "progress/meter.hpp"
#include "transfer/origin.hpp"
#include "transfer/rewrite.hpp"
#include "transfer/target.hpp"

#include <optional>
#include <string>

namespace gantry::transfer {

inline constexpr std::size_t kDefaultJobs = 4;

struct CopyOptions {
  bool all = false;                       ///< an index with all its images, instead of the one for `platform`
  std::optional<oci::Platform> platform;  ///< default: this machine
  Rewrite rewrite = {};                   ///< what is to change
  bool preserve_digests = false;          ///< Code::invalid when something would
  std::size_t jobs = kDefaultJobs;        ///< blobs at a time, where the target takes several
  std::string tmp = {};                   ///< a folder for layers that are compressed anew; where there is a `rewrite`
};

/// Copies an image as it is: every document and blob keeps its digest, unless `rewrite` says otherwise. Artifacts are
/// copied too. What the target has already is not copied again. Returns the digest of what the target has now.
Result<oci::Digest> copy(const Origin& origin, const Listed& image, Target& target, const CopyOptions& options = {},
                         progress::Meter& meter = progress::silent());

}  // namespace gantry::transfer
