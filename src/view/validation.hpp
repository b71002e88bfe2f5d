#pragma once

#include "transfer/origin.hpp"

#include <string>
#include <vector>

namespace gantry::view {

/// What is wrong with a part of an image.
struct Fault {
  std::string object;  ///< "layer 2, sha256:…"
  std::string text;    ///< what of it is not as it says
};

struct ValidationOptions {
  bool fast = false;  ///< without the layers' bytes
};

struct Validation {
  std::vector<Fault> faults;  ///< none: all is well
  std::size_t manifests = 0;  ///< how many have been looked at
  std::size_t blobs = 0;      ///< layers whose bytes have been read
};

/// Compares every digest, size and media type of an image or index with what is there, and each layer's tar with its
/// diff id. What cannot be read is a fault too; an Error is only what stops all of it.
Result<Validation> validate(const transfer::Origin& origin, const transfer::Listed& image,
                            const ValidationOptions& options);

}  // namespace gantry::view
