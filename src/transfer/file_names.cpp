#include "transfer/file_names.hpp"

#include "oci/media_types.hpp"

namespace gantry::transfer {

std::string layout_path(const oci::Digest& digest) {
  return fmt::format("blobs/{}/{}", oci::name_of(digest.algorithm()), digest.hex());
}

std::string dir_path(const oci::Descriptor& descriptor) {
  const auto& digest = descriptor.digest;
  std::string name = digest.algorithm() == oci::Algorithm::sha256
                         ? digest.hex()
                         : fmt::format("{}-{}", oci::name_of(digest.algorithm()), digest.hex());
  bool is_document = oci::is_manifest(descriptor.media_type) || oci::is_index(descriptor.media_type);
  return name + (is_document ? ".manifest.json" : "");
}

}  // namespace gantry::transfer
