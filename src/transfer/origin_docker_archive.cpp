#include "archive/compression.hpp"
#include "archive/describe.hpp"
#include "archive/hash.hpp"
#include "base/json.hpp"
#include "oci/media_types.hpp"
#include "oci/reference.hpp"
#include "transfer/docker_archive.hpp"
#include "transfer/origins.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace gantry::transfer {

namespace {

std::string canonical(const std::string& name) {
  auto reference = oci::parse_reference(name);
  return reference ? oci::with_default_tag(std::move(*reference)).canonical() : std::string();
}

class DockerArchive final : public Origin {
 public:
  explicit DockerArchive(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}

  const std::string& name() const override { return tree_->name(); }

  Result<> read_items() {
    items_ = TRY(json::decode<std::vector<DockerArchiveItem>>(TRY(tree_->read("manifest.json")),
                                                              tree_->name() + ": manifest.json"));
    return {};
  }

  Result<std::vector<Listed>> list(const std::string& reference) const override {
    std::string wanted = canonical(reference);
    std::vector<Listed> images;
    for (const auto& item : items_) {
      Listed image;
      for (const auto& tag : item.repo_tags) {
        TRY(with_context(oci::parse_reference(tag), "{}: manifest.json", tree_->name()));
        image.names.push_back(canonical(tag));
      }
      if (!reference.empty()) {
        if (std::ranges::find(image.names, wanted) == image.names.end()) continue;
        image.names = {wanted};
      }
      image.label = image.names.empty() ? item.config : image.names.front();
      image.root = TRY(make_manifest(item, image.label));
      images.push_back(std::move(image));
    }
    return images;
  }

  Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const override {
    if (auto manifest = manifests_.find(descriptor.digest); manifest != manifests_.end())
      return std::make_unique<MemorySource>(as_bytes(manifest->second));
    auto path = paths_.find(descriptor.digest);
    if (path == paths_.end()) return fail(Code::not_found, "{} has no {}", name(), descriptor.digest.text());
    return tree_->open(path->second);
  }

 private:
  /// What docker-archives lack: what refers to config and layers by their digests.
  Result<oci::Descriptor> make_manifest(const DockerArchiveItem& item, const std::string& label) const {
    oci::Manifest manifest;
    manifest.media_type = oci::kOciManifest;
    std::string config_bytes = TRY(tree_->read(item.config));
    auto config = TRY(oci::parse_image_config(config_bytes, fmt::format("{}: config of {}", tree_->name(), label)));
    if (config.rootfs.diff_ids.size() != item.layers.size())
      return fail(Code::corrupt, "{}: manifest.json lists {} layers of {}, its config {}", tree_->name(),
                  item.layers.size(), label, config.rootfs.diff_ids.size());
    manifest.config = archive::describe(oci::kOciConfig, config_bytes);
    paths_[manifest.config.digest] = item.config;
    for (std::size_t i = 0; i < item.layers.size(); ++i) {
      manifest.layers.push_back(TRY(describe_layer(item.layers[i], config.rootfs.diff_ids[i])));
      paths_[manifest.layers.back().digest] = item.layers[i];
    }
    std::string bytes = oci::write_manifest(manifest);
    oci::Descriptor root = archive::describe(oci::kOciManifest, bytes);
    manifests_[root.digest] = std::move(bytes);
    return root;
  }

  /// A plain tar has its diff id as its digest, which whoever reads it compares. Some tools compress: only all of the
  /// bytes tell that digest.
  Result<oci::Descriptor> describe_layer(const std::string& path, const oci::Digest& diff_id) const {
    auto source = TRY(tree_->open(path));
    std::vector<std::byte> buffer(256u << 10);
    std::size_t got = TRY(source->read(buffer));
    auto compression = archive::detect_compression(Bytes(buffer).first(got));
    oci::Descriptor layer{.media_type = std::string(oci::layer_media_type(compression)), .digest = diff_id};
    if (auto size = compression == oci::Compression::none ? tree_->size(path) : std::nullopt) {
      layer.size = static_cast<std::int64_t>(*size);
      return layer;
    }
    archive::Hasher hasher;
    for (; got > 0; got = TRY(source->read(buffer))) {
      layer.size += static_cast<std::int64_t>(got);
      hasher.update(Bytes(buffer).first(got));
    }
    if (compression != oci::Compression::none) layer.digest = hasher.finish();
    return layer;
  }

  std::unique_ptr<Tree> tree_;
  std::vector<DockerArchiveItem> items_;
  // Known of the images that have been listed.
  mutable std::map<oci::Digest, std::string> manifests_;
  mutable std::map<oci::Digest, std::string> paths_;  ///< in the archive, of configs and layers
};

}  // namespace

Result<std::unique_ptr<Origin>> open_docker_archive(std::unique_ptr<Tree> tree) {
  auto origin = std::make_unique<DockerArchive>(std::move(tree));
  TRY(origin->read_items());
  return origin;
}

}  // namespace gantry::transfer
