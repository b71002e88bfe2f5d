#include "archive/describe.hpp"
#include "archive/inflate.hpp"
#include "archive/tar_split.hpp"
#include "base/base64.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "oci/media_types.hpp"
#include "oci/reference.hpp"
#include "store/images.hpp"
#include "transfer/containers_storage.hpp"

#include <fcntl.h>
#include <boost/describe/class.hpp>

#include <algorithm>
#include <map>

namespace gantry::transfer {

namespace {

/// An entry of images.json.
struct StorageImage {
  std::string id;
  std::vector<std::string> names;
  std::string layer;  ///< the topmost
};
BOOST_DESCRIBE_STRUCT(StorageImage, (), (id, names, layer))
constexpr json::Options json_options(const StorageImage*) { return {.required = {"id"}}; }

/// An entry of layers.json.
struct StorageLayer {
  std::string id;
  std::string parent;
  std::string diff_digest;  ///< of its tar
  std::int64_t diff_size = 0;
};
BOOST_DESCRIBE_STRUCT(StorageLayer, (), (id, parent, diff_digest, diff_size))
constexpr json::Options json_options(const StorageLayer*) {
  return {.names = {{"diff_digest", "diff-digest"}, {"diff_size", "diff-size"}}, .required = {"id"}};
}

constexpr std::size_t kMaxList = 64u << 20;
constexpr std::size_t kMaxKept = 4u << 20;
constexpr std::size_t kMaxLayers = 1000;

/// A name in a file of the storage that becomes part of a path.
bool is_id(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Decompresses what it owns.
class OwningInflater final : public Source {
 public:
  explicit OwningInflater(std::unique_ptr<Source> packed) : packed_(std::move(packed)), inflater_(*packed_) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override { return inflater_.read(buffer); }

 private:
  std::unique_ptr<Source> packed_;
  archive::Inflater inflater_;
};

class ContainersStorage final : public Origin {
 public:
  explicit ContainersStorage(StoragePlace place)
      : place_(std::move(place)), name_("containers-storage:" + place_.image) {}

  const std::string& name() const override { return name_; }

  Result<> read_image() {
    auto image = TRY(find_image());
    if (!is_id(image.id)) return fail(Code::corrupt, "{}: '{}' is no id of an image", place_.root, image.id);
    for (const auto& tag : image.names)
      if (auto known = store::local_name(tag)) listed_.names.push_back(std::move(*known));
    listed_.label = image.names.empty() ? image.id : image.names.front();
    return make_manifest(image);
  }

  Result<std::vector<Listed>> list(const std::string&) const override { return std::vector{listed_}; }

  Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const override {
    if (auto text = documents_.find(descriptor.digest); text != documents_.end())
      return std::make_unique<MemorySource>(as_bytes(text->second));
    auto layer = layers_.find(descriptor.digest);
    if (layer == layers_.end()) return fail(Code::not_found, "{} has no {}", name_, descriptor.digest.text());
    return open_layer(layer->second);
  }

 private:
  std::string folder(std::string_view what) const { return fmt::format("{}/{}-{}", place_.root, place_.driver, what); }

  template <class T>
  Result<std::vector<T>> read_list(const std::string& path) const {
    return json::decode<std::vector<T>>(TRY(read_file(path, kMaxList)), path);
  }

  Result<StorageImage> find_image() const {
    std::vector<std::string> wanted{place_.image};
    if (auto reference = oci::parse_reference(place_.image))
      wanted.push_back(oci::with_default_tag(std::move(*reference)).canonical());
    if (auto local = store::local_name(place_.image)) wanted.push_back(std::move(*local));
    auto images = TRY(read_list<StorageImage>(folder("images") + "/images.json"));
    for (const auto& name : wanted)
      for (auto& image : images)
        if (image.id == name || std::ranges::find(image.names, name) != image.names.end()) return std::move(image);
    return fail(Code::not_found, "{} has no image '{}'", place_.root, place_.image);
  }

  /// The storage keeps layers unpacked, so that what describes them compressed is of no use: ours takes its place.
  Result<> make_manifest(const StorageImage& image) {
    std::string kept = folder("images") + "/" + image.id + "/";
    auto original = TRY(oci::parse_manifest(TRY(read_file(kept + "manifest", kMaxKept)), kept + "manifest"));
    std::string config = TRY(read_file(kept + "=" + base64_encode(original.config.digest.text()), kMaxKept));
    oci::Manifest manifest;
    manifest.media_type = oci::kOciManifest;
    manifest.config = archive::describe(oci::kOciConfig, config);
    documents_[manifest.config.digest] = std::move(config);
    manifest.layers = TRY(describe_layers(image.layer));
    std::string bytes = oci::write_manifest(manifest);
    listed_.root = archive::describe(oci::kOciManifest, bytes);
    documents_[listed_.root.digest] = std::move(bytes);
    return {};
  }

  Result<std::vector<oci::Descriptor>> describe_layers(const std::string& top) {
    std::map<std::string, StorageLayer> known;
    for (auto& layer : TRY(read_list<StorageLayer>(folder("layers") + "/layers.json"))) known[layer.id] = layer;
    std::vector<oci::Descriptor> layers;
    for (std::string id = top; !id.empty(); id = known[id].parent) {
      if (!is_id(id) || !known.contains(id))
        return fail(Code::corrupt, "{}: layer '{}' of image {} is missing", place_.root, id, listed_.label);
      if (layers.size() == kMaxLayers)
        return fail(Code::corrupt, "{}: image {} has more than {} layers", place_.root, listed_.label, kMaxLayers);
      const StorageLayer& layer = known[id];
      auto digest = TRY(with_context(oci::Digest::parse(layer.diff_digest), "{}: layer {}", place_.root, id));
      layers_[digest] = id;
      layers.push_back({.media_type = std::string(oci::kOciLayer), .digest = digest, .size = layer.diff_size});
    }
    std::ranges::reverse(layers);
    return layers;
  }

  Result<std::unique_ptr<Source>> open_layer(const std::string& id) const {
    std::string split = folder("layers") + "/" + id + ".tar-split.gz";
    auto packed = std::make_unique<FileSource>(TRY(open_file(split, O_RDONLY)), split);
    std::string files = place_.driver == "vfs" ? place_.root + "/vfs/dir/" + id
                                               : fmt::format("{}/{}/{}/diff", place_.root, place_.driver, id);
    Fd folder = TRY(open_folder(files));
    return std::make_unique<archive::TarSplitSource>(std::make_unique<OwningInflater>(std::move(packed)),
                                                     std::move(folder), files);
  }

  StoragePlace place_;
  std::string name_;
  Listed listed_;
  std::map<oci::Digest, std::string> documents_;
  std::map<oci::Digest, std::string> layers_;  ///< ids
};

}  // namespace

Result<std::unique_ptr<Origin>> open_containers_storage(const StoragePlace& place) {
  auto origin = std::make_unique<ContainersStorage>(place);
  TRY(origin->read_image());
  return origin;
}

}  // namespace gantry::transfer
