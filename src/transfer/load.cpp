#include "transfer/load.hpp"

#include "archive/hash.hpp"
#include "base/log.hpp"
#include "oci/media_types.hpp"
#include "transfer/input.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <thread>

namespace gantry::transfer {

namespace {

oci::Descriptor describe(std::string_view media_type, std::string_view bytes) {
  return {.media_type = std::string(media_type),
          .digest = archive::hash_of(as_bytes(bytes)),
          .size = static_cast<std::int64_t>(bytes.size())};
}

std::size_t max_jobs() { return std::clamp(std::thread::hardware_concurrency(), 1u, 4u); }

/// The layers of one image: those that the store lacks are received, several at a time.
class Intake {
 public:
  Intake(const store::Store& store, const Tree& tree, const Offer& offer) : store_(store), tree_(tree), offer_(offer) {}

  Result<std::vector<ReceivedLayer>> run() {
    layers_.resize(offer_.layers.size());
    for (std::size_t i = 0; i < offer_.layers.size(); ++i) {
      if (earlier(i) || present(i)) continue;
      if (running_.size() >= max_jobs()) TRY(finish_oldest());
      running_.push_back({i, TRY(LayerJob::start(store_, TRY(order(i))))});
    }
    while (!running_.empty()) TRY(finish_oldest());
    for (std::size_t i = 0; i < layers_.size(); ++i)
      if (auto same = earlier(i)) layers_[i].emplace(ReceivedLayer::present(layers_[*same]->descriptor(), diff_id(i)));
    std::vector<ReceivedLayer> received;
    for (auto& layer : layers_) received.push_back(std::move(*layer));
    return received;
  }

 private:
  struct Running {
    std::size_t index;
    LayerJob job;
  };

  const oci::Digest& diff_id(std::size_t i) const { return offer_.layers[i].diff_id; }

  /// Images may hold the same layer twice.
  std::optional<std::size_t> earlier(std::size_t i) const {
    auto same = [&](const OfferedLayer& layer) { return layer.diff_id == diff_id(i); };
    auto first = std::find_if(offer_.layers.begin(), offer_.layers.end(), same) - offer_.layers.begin();
    return static_cast<std::size_t>(first) < i ? std::optional(static_cast<std::size_t>(first)) : std::nullopt;
  }

  bool has_blob(const oci::Descriptor& descriptor) const {
    auto size = store_.blobs().size(descriptor.digest);
    return size && static_cast<std::int64_t>(*size) == descriptor.size;
  }

  bool present(std::size_t i) {
    if (!store_.layers().has(diff_id(i))) return false;
    oci::Descriptor descriptor = offer_.layers[i].descriptor;
    if (descriptor.digest.empty()) {
      // A layer of a docker-archive is a plain tar as a rule, and then its diff id is its digest.
      auto size = store_.blobs().size(diff_id(i));
      if (!size) return false;
      descriptor = {
          .media_type = std::string(oci::kOciLayer), .digest = diff_id(i), .size = static_cast<std::int64_t>(*size)};
    } else if (!has_blob(descriptor)) {
      return false;
    }
    layers_[i].emplace(ReceivedLayer::present(std::move(descriptor), diff_id(i)));
    return true;
  }

  Result<LayerOrder> order(std::size_t i) const {
    const OfferedLayer& layer = offer_.layers[i];
    auto source = TRY(tree_.open(layer.path));
    LayerOrder order{.label = fmt::format("layer {} of {}", i + 1, offer_.label),
                     .source = std::move(source),
                     .diff_id = layer.diff_id,
                     .unpack = !store_.layers().has(layer.diff_id)};
    if (!layer.descriptor.digest.empty()) {
      order.digest = layer.descriptor.digest;
      order.size = layer.descriptor.size;
      order.keep_blob = !has_blob(layer.descriptor);
    }
    log::info("{}: {}", order.label, layer.path);
    return order;
  }

  Result<> finish_oldest() {
    Running oldest = std::move(running_.front());
    running_.pop_front();
    layers_[oldest.index].emplace(TRY(oldest.job.finish()));
    return {};
  }

  const store::Store& store_;
  const Tree& tree_;
  const Offer& offer_;
  std::vector<std::optional<ReceivedLayer>> layers_;
  std::deque<Running> running_;
};

/// In an order in which a killed process leaves at most what a collection removes.
Result<> publish(const store::Store& store, std::vector<ReceivedLayer>& layers, const oci::Descriptor& config,
                 const std::string& config_bytes, const oci::Descriptor& manifest, const std::string& manifest_bytes,
                 const std::vector<std::string>& names) {
  for (auto& layer : layers) TRY(layer.commit());
  TRY(store.blobs().put(config.digest, config_bytes));
  TRY(store.blobs().put(manifest.digest, manifest_bytes));
  return store.images().add(manifest, names);
}

Result<LoadedImage> load_offer(const store::Store& store, const Tree& tree, const Offer& offer) {
  auto layers = TRY(Intake(store, tree, offer).run());
  if (offer.names.empty() && store.images().find(offer.config.digest.text()))
    return LoadedImage{offer.config.digest.hex(), {}};  // it is listed already, if by another manifest
  if (offer.manifest.digest.empty()) return store_image(store, std::move(layers), offer.config_bytes, offer.names);
  TRY(publish(store, layers, offer.config, offer.config_bytes, offer.manifest, offer.manifest_bytes, offer.names));
  return LoadedImage{offer.config.digest.hex(), offer.names};
}

Result<Transport> detect(const Tree& tree) {
  if (tree.has("oci-layout") && tree.has("index.json")) return Transport::oci;
  if (tree.has("version") && tree.has("manifest.json")) return Transport::dir;
  if (tree.has("manifest.json")) return Transport::docker_archive;
  return fail(Code::invalid, "{} holds no image: there is neither manifest.json nor oci-layout", tree.name())
      .with_cure("gantry import makes an image of a root file system's tar");
}

bool is_folder(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Result<std::unique_ptr<Tree>> open_tree(const store::Store& store, const Location& location) {
  bool is_archive = location.transport == Transport::oci_archive || location.transport == Transport::docker_archive;
  if (!is_archive && (location.transport != Transport::detect || is_folder(location.path)))
    return open_folder_tree(location.path);
  auto input = TRY(open_input(location.path));
  std::string name = input.name;
  return open_tar_tree(TRY(seekable(std::move(input), store.root() + "/tmp")), name);
}

Result<std::vector<Offer>> offers_of(const Tree& tree, Transport transport, const Wanted& wanted) {
  switch (transport == Transport::detect ? TRY(detect(tree)) : transport) {
    case Transport::docker_archive:
      return offers_of_docker_archive(tree, wanted);
    case Transport::dir:
      return offers_of_dir(tree, wanted);
    default:
      return offers_of_layout(tree, wanted);
  }
}

}  // namespace

Result<LoadedImage> store_image(const store::Store& store, std::vector<ReceivedLayer> layers,
                                const std::string& config_bytes, const std::vector<std::string>& names) {
  oci::Manifest manifest;
  manifest.media_type = oci::kOciManifest;
  manifest.config = describe(oci::kOciConfig, config_bytes);
  for (const auto& layer : layers) manifest.layers.push_back(layer.descriptor());
  std::string bytes = oci::write_manifest(manifest);
  TRY(publish(store, layers, manifest.config, config_bytes, describe(oci::kOciManifest, bytes), bytes, names));
  return LoadedImage{manifest.config.digest.hex(), names};
}

Result<std::vector<LoadedImage>> load(const store::Store& store, const Location& location,
                                      const std::optional<oci::Platform>& platform) {
  TRY(store.sweep());
  Lock used = TRY(store.use());  // what is here now stays here until the image is listed
  auto tree = TRY(open_tree(store, location));
  auto offers = TRY(offers_of(*tree, location.transport, {location.reference, platform}));
  if (offers.empty()) {
    if (location.reference.empty()) return fail(Code::not_found, "{} lists no image", tree->name());
    return fail(Code::not_found, "{} has no image '{}'", tree->name(), location.reference);
  }
  std::vector<LoadedImage> loaded;
  for (const auto& offer : offers) loaded.push_back(TRY(load_offer(store, *tree, offer)));
  return loaded;
}

}  // namespace gantry::transfer
