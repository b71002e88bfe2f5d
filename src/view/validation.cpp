#include "view/validation.hpp"

#include "archive/pipeline.hpp"
#include "archive/tar_reader.hpp"
#include "oci/media_types.hpp"

#include <set>

namespace gantry::view {

namespace {

class Validator {
 public:
  Validator(const transfer::Origin& origin, const ValidationOptions& options) : origin_(origin), options_(options) {}

  void document(const oci::Descriptor& descriptor, const std::string& object, int depth) {
    if (!seen_.insert(descriptor.digest).second) return;
    auto document = origin_.document(descriptor);
    if (!document) return fault(object, document.error());
    std::string stated = oci::detect_media_type(document->bytes);
    if (!stated.empty() && stated != descriptor.media_type)
      fault(object, fmt::format("it is of type {}, what refers to it says {}", stated, descriptor.media_type));
    if (oci::is_index(descriptor.media_type)) return index(*document, object, depth);
    if (oci::is_manifest(descriptor.media_type)) return manifest(*document, object);
    fault(object, fmt::format("media type {} is neither a manifest nor an index", descriptor.media_type));
  }

  Validation take() { return std::move(result_); }

 private:
  void fault(std::string object, std::string text) { result_.faults.push_back({std::move(object), std::move(text)}); }
  void fault(std::string object, const Error& error) { fault(std::move(object), error.message()); }

  void index(const oci::Document& document, const std::string& object, int depth) {
    ++result_.manifests;
    if (depth == oci::kMaxIndexDepth) return fault(object, "the indexes are nested too deep");
    auto index = oci::parse_index(document.bytes, "it");
    if (!index) return fault(object, index.error());
    for (const auto& entry : index->manifests) this->document(entry, "manifest " + entry.digest.text(), depth + 1);
  }

  void manifest(const oci::Document& document, const std::string& object) {
    ++result_.manifests;
    auto manifest = oci::parse_manifest(document.bytes, "it");
    if (!manifest) return fault(object, manifest.error());
    std::vector<oci::Digest> diff_ids;
    if (oci::is_config(manifest->config.media_type)) diff_ids = config(manifest->config, manifest->layers.size());
    else blob(manifest->config, "config " + manifest->config.digest.text());
    for (std::size_t i = 0; i < manifest->layers.size(); ++i) {
      const auto& layer = manifest->layers[i];
      std::string name = fmt::format("layer {}, {}", i + 1, layer.digest.text());
      // A registry may not hold it.
      if (options_.fast || (oci::is_foreign_layer(layer.media_type) && !layer.urls.empty())) continue;
      if (i < diff_ids.size()) this->layer(layer, diff_ids[i], name);
      else blob(layer, name);
    }
  }

  /// The diff ids that it lists.
  std::vector<oci::Digest> config(const oci::Descriptor& descriptor, std::size_t layers) {
    std::string object = "config " + descriptor.digest.text();
    auto document = origin_.document(descriptor);
    if (!document) {
      fault(object, document.error());
      return {};
    }
    auto config = oci::parse_image_config(document->bytes, "it");
    if (!config) {
      fault(object, config.error());
      return {};
    }
    if (config->rootfs.diff_ids.size() != layers)
      fault(object, fmt::format("it lists {} layers, the manifest {}", config->rootfs.diff_ids.size(), layers));
    std::size_t changes = 0;
    for (const auto& step : config->history) changes += step.empty_layer ? 0 : 1;
    if (!config->history.empty() && changes != layers)
      fault(object, fmt::format("its history tells of {} layers, the manifest of {}", changes, layers));
    return config->rootfs.diff_ids;
  }

  void compare(const std::string& object, const oci::Descriptor& said, const oci::Digest& digest, std::uint64_t size) {
    if (size != static_cast<std::uint64_t>(said.size))
      fault(object, fmt::format("it has {} bytes, not {}", size, said.size));
    if (digest != said.digest) fault(object, "it has the digest " + digest.text());
  }

  /// Of what is no layer of an image only the bytes as such can be judged.
  void blob(const oci::Descriptor& descriptor, const std::string& object) {
    if (!seen_.insert(descriptor.digest).second || (options_.fast && oci::is_layer(descriptor.media_type))) return;
    auto result = read_blob(descriptor, object);
    if (!result) fault(object, result.error());
  }

  Result<> read_blob(const oci::Descriptor& descriptor, const std::string& object) {
    auto source = TRY(origin_.open(descriptor));
    archive::Hasher hasher(descriptor.digest.algorithm());
    std::uint64_t size = 0;
    std::vector<std::byte> buffer(256u << 10);
    while (std::size_t got = TRY(source->read(buffer))) {
      hasher.update(Bytes(buffer).first(got));
      size += got;
    }
    ++result_.blobs;
    compare(object, descriptor, hasher.finish(), size);
    return {};
  }

  void layer(const oci::Descriptor& descriptor, const oci::Digest& diff_id, const std::string& object) {
    if (!seen_.insert(descriptor.digest).second) return;
    if (!oci::is_layer(descriptor.media_type))
      fault(object, fmt::format("media type {} is no layer's", descriptor.media_type));
    auto result = read_layer(descriptor, diff_id, object);
    if (!result) fault(object, result.error());
  }

  Result<> read_layer(const oci::Descriptor& descriptor, const oci::Digest& diff_id, const std::string& object) {
    archive::Pipeline pipeline(
        TRY(origin_.open(descriptor)),
        {.limit = archive::kNoLimit, .packed = descriptor.digest.algorithm(), .unpacked = diff_id.algorithm()});
    archive::TarReader tar(pipeline, archive::EndMarker::optional);
    while (TRY(tar.next())) {
    }
    auto digests = TRY(pipeline.finish());
    ++result_.blobs;
    compare(object, descriptor, digests.packed, digests.packed_size);
    if (digests.unpacked != diff_id)
      fault(object,
            fmt::format("its tar has the digest {}, the config says {}", digests.unpacked.text(), diff_id.text()));
    if (oci::is_layer(descriptor.media_type) && digests.compression != oci::compression_of(descriptor.media_type))
      fault(object, fmt::format("its compression is {}, its media type {}", archive::name_of(digests.compression),
                                descriptor.media_type));
    return {};
  }

  const transfer::Origin& origin_;
  const ValidationOptions& options_;
  std::set<oci::Digest> seen_;
  Validation result_;
};

}  // namespace

Result<Validation> validate(const transfer::Origin& origin, const transfer::Listed& image,
                            const ValidationOptions& options) {
  Validator validator(origin, options);
  validator.document(image.root, image.label, 0);
  return validator.take();
}

}  // namespace gantry::view
