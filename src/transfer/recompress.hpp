#pragma once

#include "archive/compression.hpp"
#include "base/stream.hpp"
#include "content/scratch.hpp"
#include "oci/image_spec.hpp"

#include <memory>
#include <string>

namespace gantry::transfer {

/// A layer that has been compressed anew, in a file that goes with this.
struct Recompressed {
  content::Scratch file;
  oci::Descriptor descriptor;  ///< without a media type

  /// Its bytes from `from` on.
  Result<std::unique_ptr<Source>> open(std::uint64_t from) const;
};

/// Reads a layer to its end, whatever it is compressed with. `tmp` is a folder for the file.
Result<Recompressed> recompress(Source& layer, archive::Compression compression, int level, const std::string& tmp);

}  // namespace gantry::transfer
