#pragma once

#include "build/plan.hpp"
#include "build/scheduler.hpp"
#include "oci/document.hpp"
#include "store/store.hpp"

#include <map>
#include <vector>

namespace gantry::build {

/// An image that the store has, but does not list yet.
struct BuiltImage {
  oci::Document manifest;
  oci::Digest config;  ///< its hex is the image's id
  oci::Platform platform;
};

enum class ManifestFormat { oci, docker };

/// Writes config and manifest of an image whose nodes are done.
Result<BuiltImage> store_image(const store::Store& store, const ImagePlan& plan, const Scheduler& done,
                               const oci::Annotations& annotations, ManifestFormat format);

/// The same of a config that says all, but for layers that the base lacks a line of history for. `blobs` are those of
/// the base, by diff id.
Result<BuiltImage> store_image(const store::Store& store, oci::ImageConfig config,
                               const std::map<oci::Digest, oci::Descriptor>& blobs, const oci::Annotations& annotations,
                               ManifestFormat format);

/// Writes an index of images for several platforms.
Result<oci::Document> store_index(const store::Store& store, const std::vector<BuiltImage>& images,
                                  const oci::Annotations& annotations);

}  // namespace gantry::build
