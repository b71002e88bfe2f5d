#pragma once

#include "oci/image_spec.hpp"
#include "oci/platform.hpp"
#include "transfer/location.hpp"
#include "transfer/tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::transfer {

struct OfferedLayer {
  std::string path;            ///< in the tree
  oci::Descriptor descriptor;  ///< of a docker-archive all is empty: it is known when the layer has been read
  oci::Digest diff_id;
};

/// An image that is there to be loaded. Manifest and config match their digests and each other.
struct Offer {
  std::vector<std::string> names;  ///< canonical references
  std::string label;               ///< for errors: a name, or a digest
  oci::Descriptor manifest;        ///< of a docker-archive it is empty: it has none
  std::string manifest_bytes;
  oci::Descriptor config;
  std::string config_bytes;
  std::vector<OfferedLayer> layers;  ///< the base first
};

struct Wanted {
  std::string reference;                  ///< empty: all images
  std::optional<oci::Platform> platform;  ///< default: this machine
};

// What is in a tree of one kind. An image for another platform than the wanted one is Code::unsupported.
Result<std::vector<Offer>> offers_of_layout(const Tree& tree, const Wanted& wanted);
Result<std::vector<Offer>> offers_of_docker_archive(const Tree& tree, const Wanted& wanted);
Result<std::vector<Offer>> offers_of_dir(const Tree& tree, const Wanted& wanted);

/// Fills in what manifest and config say; `blob_path` tells where the tree keeps a blob.
Result<Offer> offer_of_manifest(const Tree& tree, const oci::Descriptor& manifest, std::string bytes,
                                std::string (*blob_path)(const oci::Digest&), const Wanted& wanted, std::string label);

/// The image of an index that fits best.
Result<oci::Descriptor> choose(const oci::Index& index, const Wanted& wanted, const std::string& label);
/// Code::unsupported names both platforms.
Result<> check_platform(const oci::ImageConfig& config, const Wanted& wanted, const std::string& label);

/// A document and its bytes, which match the descriptor.
Result<std::string> read_document(const Tree& tree, const std::string& path, const oci::Descriptor& descriptor);

}  // namespace gantry::transfer
