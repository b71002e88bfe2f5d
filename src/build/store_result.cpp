#include "build/store_result.hpp"

#include "archive/describe.hpp"
#include "oci/media_types.hpp"
#include "transfer/layer_blob.hpp"

#include <algorithm>

namespace gantry::build {

namespace {

oci::Document document(std::string_view media_type, std::string bytes) {
  oci::Document document;
  document.descriptor = archive::describe(media_type, bytes);
  document.bytes = std::move(bytes);
  return document;
}

Result<oci::Document> put(const store::Store& store, std::string_view media_type, std::string bytes) {
  auto written = document(media_type, std::move(bytes));
  TRY(store.blobs().put(written.descriptor.digest, written.bytes));
  return written;
}

std::string layer_type(oci::Compression compression, ManifestFormat format) {
  if (format == ManifestFormat::oci) return std::string(oci::layer_media_type(compression));
  return std::string(compression == oci::Compression::none ? oci::kDockerLayer : oci::kDockerLayerGzip);
}

/// Layers of the base keep their blobs, as they came.
Result<oci::Descriptor> blob_of(const store::Store& store, const std::map<oci::Digest, oci::Descriptor>& blobs,
                                const oci::Digest& layer, ManifestFormat format) {
  const auto known = blobs.find(layer);
  if (known == blobs.end() || !store.blobs().has(known->second.digest)) {
    auto blob = TRY(transfer::plain_layer(store, layer));
    blob.media_type = layer_type(oci::Compression::none, format);
    return blob;
  }
  const auto compression = oci::compression_of(known->second.media_type);
  if (format == ManifestFormat::docker && compression == oci::Compression::zstd)
    return fail(Code::unsupported, "the base image has layers that are compressed with zstd, which no docker image has")
        .with_cure("drop --format docker");
  oci::Descriptor blob = oci::bare(known->second);
  blob.media_type = layer_type(compression, format);
  return blob;
}

/// Other tools want a line of history for every layer: a base may have come without.
void complete(std::vector<oci::History>& history, std::size_t layers, const std::string& created) {
  const auto known = static_cast<std::size_t>(std::ranges::count(history, false, &oci::History::empty_layer));
  if (known < layers) history.insert(history.begin(), layers - known, oci::History{.created = created});
}

std::vector<oci::History> history_of(const ImagePlan& plan, const Scheduler& done) {
  std::vector<oci::History> history;
  for (const auto& note : plan.history) {
    history.push_back(note.history);
    if (note.node) history.back().empty_layer = !done.has_layer(*note.node);
  }
  return history;
}

}  // namespace

Result<BuiltImage> store_image(const store::Store& store, oci::ImageConfig config,
                               const std::map<oci::Digest, oci::Descriptor>& blobs, const oci::Annotations& annotations,
                               ManifestFormat format) {
  const bool is_docker = format == ManifestFormat::docker;
  complete(config.history, config.rootfs.diff_ids.size(), config.created);
  oci::Manifest manifest;
  manifest.media_type = is_docker ? oci::kDockerManifest : oci::kOciManifest;
  for (const auto& layer : config.rootfs.diff_ids) manifest.layers.push_back(TRY(blob_of(store, blobs, layer, format)));
  const auto written =
      TRY(put(store, is_docker ? oci::kDockerConfig : oci::kOciConfig, oci::write_image_config(config)));
  manifest.config = written.descriptor;
  manifest.annotations = annotations;
  auto document = TRY(put(store, manifest.media_type, oci::write_manifest(manifest)));
  return BuiltImage{
      .manifest = std::move(document), .config = written.descriptor.digest, .platform = oci::platform_of(config)};
}

Result<BuiltImage> store_image(const store::Store& store, const ImagePlan& plan, const Scheduler& done,
                               const oci::Annotations& annotations, ManifestFormat format) {
  oci::ImageConfig config = plan.config;
  config.rootfs.diff_ids.clear();
  if (!plan.chain.empty()) config.rootfs.diff_ids = done.layers(plan.top);
  config.history = history_of(plan, done);
  return store_image(store, std::move(config), plan.blobs, annotations, format);
}

Result<oci::Document> store_index(const store::Store& store, const std::vector<BuiltImage>& images,
                                  const oci::Annotations& annotations) {
  oci::Index index;
  index.media_type = oci::kOciIndex;
  index.annotations = annotations;
  for (const auto& image : images) {
    index.manifests.push_back(oci::bare(image.manifest.descriptor));
    index.manifests.back().platform = image.platform;
  }
  return put(store, oci::kOciIndex, oci::write_index(index));
}

}  // namespace gantry::build
