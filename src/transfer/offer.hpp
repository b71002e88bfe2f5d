#pragma once

#include "oci/document.hpp"
#include "oci/platform.hpp"
#include "transfer/origin.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::transfer {

struct OfferedLayer {
  oci::Descriptor descriptor;
  oci::Digest diff_id;
};

/// An image for one platform that is there to be loaded. Manifest and config match their digests and each other.
struct Offer {
  std::vector<std::string> names;  ///< canonical references
  std::string label;               ///< for errors: a name, or a digest
  oci::Document manifest;
  oci::Document config;
  std::vector<OfferedLayer> layers;  ///< the base first
};

/// The image among those of an index that is for `platform` (default: this machine). Code::unsupported when there is
/// none, or when the only one is for another platform.
Result<Offer> offer_of(const Origin& origin, const Listed& image, const std::optional<oci::Platform>& platform);

/// The manifest for `platform` that a listed image is, or has in its index.
Result<oci::Document> manifest_of(const Origin& origin, const Listed& image,
                                  const std::optional<oci::Platform>& platform);

}  // namespace gantry::transfer
