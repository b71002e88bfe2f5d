#include "transfer/save.hpp"

#include "archive/describe.hpp"
#include "archive/inflate.hpp"
#include "archive/pipeline.hpp"
#include "base/json.hpp"
#include "oci/media_types.hpp"
#include "transfer/checked_source.hpp"
#include "transfer/destination.hpp"
#include "transfer/docker_archive.hpp"
#include "transfer/file_names.hpp"
#include "transfer/labels.hpp"
#include "transfer/layer_blob.hpp"
#include "transfer/manifest_format.hpp"
#include "transfer/names.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace gantry::transfer {

namespace {

/// An image and the names that it is saved under.
struct Chosen {
  store::Image image;
  std::vector<std::string> names;
};

Result<std::vector<Chosen>> choose_images(const store::Store& store, const std::vector<std::string>& given) {
  std::vector<Chosen> chosen;
  for (const auto& text : given) {
    auto image = TRY(store.images().find(text));
    std::string name = chosen_name(image.names, text);
    auto same = std::ranges::find_if(chosen, [&](const Chosen& other) { return other.image.id == image.id; });
    if (same == chosen.end()) same = chosen.insert(same, Chosen{std::move(image), {}});
    if (!name.empty() && std::ranges::find(same->names, name) == same->names.end())
      same->names.push_back(std::move(name));
  }
  return chosen;
}

std::unique_ptr<Source> checked(const oci::Digest& digest, Fd fd) {
  return std::make_unique<CheckedSource>(std::make_unique<FileSource>(std::move(fd), digest.text()), digest,
                                         fmt::format("blob {} in the store", digest.text()));
}

/// Reads from what somebody else owns.
class BorrowedSource final : public Source {
 public:
  explicit BorrowedSource(Source& source) : source_(source) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override { return source_.read(buffer); }

 private:
  Source& source_;
};

class Saver {
 public:
  Saver(const store::Store& store, Destination& destination, progress::Meter& meter)
      : store_(store), destination_(destination), meter_(meter) {}

  Result<> layout(const std::vector<Chosen>& chosen) {
    oci::Index index;
    for (const auto& [image, names] : chosen) {
      std::string manifest = TRY(oci_manifest(image));
      oci::Descriptor entry = archive::describe(oci::kOciManifest, manifest);
      TRY(put_once(layout_path(entry.digest), manifest));
      TRY(blobs(image, [](const oci::Descriptor& blob) { return layout_path(blob.digest); }));
      for (const auto& name : names) {
        entry.annotations[oci::kRefName] = name;
        index.manifests.push_back(entry);
      }
      if (names.empty()) index.manifests.push_back(entry);
    }
    TRY(destination_.put("index.json", oci::write_index(index)));
    return destination_.put("oci-layout", oci::write_image_layout({}));
  }

  Result<> dir(const Chosen& chosen) {
    TRY(blobs(chosen.image, dir_path));
    TRY(destination_.put("manifest.json",
                         oci::write_manifest(TRY(converted(chosen.image.manifest, ManifestFormat::docker)))));
    return destination_.put("version", "Directory Transport Version: 1.1\n");
  }

  Result<> docker_archive(const std::vector<Chosen>& chosen) {
    std::vector<DockerArchiveItem> items;
    for (const auto& [image, names] : chosen) {
      DockerArchiveItem item{.config = image.id + ".json", .repo_tags = names, .layers = {}};
      TRY(put_once(item.config, TRY(checked_bytes(image.manifest.config.digest))));
      for (std::size_t i = 0; i < image.manifest.layers.size(); ++i) {
        if (i >= image.config.rootfs.diff_ids.size())
          return fail(Code::corrupt, "image {} has more layers than its config knows", image.id);
        item.layers.push_back(image.config.rootfs.diff_ids[i].hex() + ".tar");
        TRY(plain_layer(item.layers.back(), image.manifest.layers[i].digest, image.config.rootfs.diff_ids[i]));
      }
      items.push_back(std::move(item));
    }
    return destination_.put("manifest.json", json::encode(items));
  }

 private:
  /// As its bytes are, when it is of the right kind: then the image keeps its digest.
  Result<std::string> oci_manifest(const store::Image& image) const {
    if (image.descriptor.media_type == oci::kOciManifest) return checked_bytes(image.descriptor.digest);
    return oci::write_manifest(TRY(converted(image.manifest, ManifestFormat::oci)));
  }

  Result<std::string> checked_bytes(const oci::Digest& digest) const {
    std::string bytes = TRY(store_.blobs().read(digest));
    auto source = checked(digest, TRY(store_.blobs().open(digest)));
    std::array<std::byte, 16384> buffer;
    while (TRY(source->read(buffer)) > 0) {
    }
    return bytes;
  }

  bool is_new(const std::string& path) { return written_.insert(path).second; }

  Result<> put_once(const std::string& path, const std::string& bytes) {
    return is_new(path) ? destination_.put(path, bytes) : Result<>();
  }

  Result<> blobs(const store::Image& image, std::string (*path_of)(const oci::Descriptor&)) {
    std::vector<oci::Descriptor> blobs{image.manifest.config};
    blobs.insert(blobs.end(), image.manifest.layers.begin(), image.manifest.layers.end());
    for (const auto& blob : blobs) {
      const auto& digest = blob.digest;
      if (!is_new(path_of(blob))) continue;
      std::uint64_t size = TRY(blob_size(store_, digest));
      auto shown = meter_.begin(digest == image.manifest.config.digest ? config_label(blob) : blob_label(blob), size);
      auto source = shown.counted(checked(digest, TRY(open_blob(store_, digest))));
      TRY(destination_.put(path_of(blob), size, *source));
      shown.done();
    }
    return {};
  }

  std::unique_ptr<Source> blob_source(Fd fd, const oci::Digest& digest) const {
    return std::make_unique<FileSource>(std::move(fd), digest.text());
  }

  /// Bytes of the layer's plain tar, which the archive needs to know before them.
  Result<std::uint64_t> plain_size(const oci::Digest& blob, const oci::Digest& diff_id) const {
    if (auto info = store_.layers().info(diff_id)) return info->size;
    archive::Pipeline counter(blob_source(TRY(open_blob(store_, blob)), blob));
    return TRY(counter.finish()).unpacked_size;
  }

  Result<> plain_layer(const std::string& path, const oci::Digest& blob, const oci::Digest& diff_id) {
    if (!is_new(path)) return {};
    std::uint64_t size = TRY(plain_size(blob, diff_id));
    auto shown = meter_.begin("Copying layer " + diff_id.text(), size);
    archive::Pipeline tar(blob_source(TRY(open_blob(store_, blob)), blob), {.unpacked = diff_id.algorithm()});
    auto counted = shown.counted(std::make_unique<BorrowedSource>(tar));
    TRY(with_context(destination_.put(path, size, *counted), "layer {}", diff_id.text()));
    auto actual = TRY(tar.finish()).unpacked;
    if (actual != diff_id)
      return fail(Code::corrupt, "layer {} in the store unpacks to {}", diff_id.text(), actual.text());
    shown.done();
    return {};
  }

  const store::Store& store_;
  Destination& destination_;
  progress::Meter& meter_;
  std::set<std::string> written_;
};

}  // namespace

Result<> save(const store::Store& store, const std::vector<std::string>& images, SaveFormat format,
              const std::string& output, progress::Meter& meter) {
  Lock used = TRY(store.use());
  auto chosen = TRY(choose_images(store, images));
  if (format == SaveFormat::docker_dir && chosen.size() > 1)
    return fail(Code::invalid, "docker-dir holds one image").with_cure("save each to a folder of its own");
  bool is_folder = format == SaveFormat::oci_dir || format == SaveFormat::docker_dir;
  if (is_folder && output.empty())
    return fail(Code::invalid, "a folder cannot go to standard output").with_cure("name it with -o");
  auto destination = TRY(is_folder ? make_folder(output) : make_archive(output));
  Saver saver(store, *destination, meter);
  if (format == SaveFormat::docker_archive) TRY(saver.docker_archive(chosen));
  else if (format == SaveFormat::docker_dir) TRY(saver.dir(chosen.front()));
  else TRY(saver.layout(chosen));
  return destination->finish();
}

}  // namespace gantry::transfer
