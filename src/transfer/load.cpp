#include "transfer/load.hpp"

#include "archive/describe.hpp"
#include "base/log.hpp"
#include "oci/media_types.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <thread>

namespace gantry::transfer {

namespace {

oci::Document document(std::string_view media_type, std::string bytes) {
  oci::Document document;
  document.descriptor = archive::describe(media_type, bytes);
  document.bytes = std::move(bytes);
  return document;
}

std::size_t max_jobs() { return std::clamp(std::thread::hardware_concurrency(), 1u, 4u); }

/// The layers of one image: those that the store lacks are received, several at a time.
class Intake {
 public:
  Intake(const store::Store& store, const Origin& origin, const Offer& offer)
      : store_(store), origin_(origin), offer_(offer) {}

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
    const oci::Descriptor& descriptor = offer_.layers[i].descriptor;
    if (!has_blob(descriptor)) return false;
    layers_[i].emplace(ReceivedLayer::present(descriptor, diff_id(i)));
    return true;
  }

  Result<LayerOrder> order(std::size_t i) const {
    const OfferedLayer& layer = offer_.layers[i];
    LayerOrder order{.label = fmt::format("layer {} of {}", i + 1, offer_.label),
                     .source = nullptr,
                     .digest = layer.descriptor.digest,
                     .size = layer.descriptor.size,
                     .diff_id = layer.diff_id,
                     .keep_blob = !has_blob(layer.descriptor),
                     .unpack = !store_.layers().has(layer.diff_id)};
    order.source = TRY(origin_.open(layer.descriptor));
    log::info("{}: {}", order.label, layer.descriptor.digest.text());
    return order;
  }

  Result<> finish_oldest() {
    Running oldest = std::move(running_.front());
    running_.pop_front();
    layers_[oldest.index].emplace(TRY(oldest.job.finish()));
    return {};
  }

  const store::Store& store_;
  const Origin& origin_;
  const Offer& offer_;
  std::vector<std::optional<ReceivedLayer>> layers_;
  std::deque<Running> running_;
};

/// In an order in which a killed process leaves at most what a collection removes.
Result<> publish(const store::Store& store, std::vector<ReceivedLayer>& layers, const oci::Document& config,
                 const oci::Document& manifest, const std::vector<std::string>& names) {
  for (auto& layer : layers) TRY(layer.commit());
  TRY(store.blobs().put(config.descriptor.digest, config.bytes));
  TRY(store.blobs().put(manifest.descriptor.digest, manifest.bytes));
  // In index.json a manifest stands for itself, whatever an index said of it.
  return store.images().add(oci::bare(manifest.descriptor), names);
}

Result<LoadedImage> load_offer(const store::Store& store, const Origin& origin, const Offer& offer) {
  auto layers = TRY(Intake(store, origin, offer).run());
  LoadedImage loaded{offer.config.descriptor.digest.hex(), offer.names, offer.manifest.descriptor.digest};
  if (offer.names.empty() && store.images().find(offer.config.descriptor.digest.text()))
    return loaded;  // it is listed already, if by another manifest
  TRY(publish(store, layers, offer.config, offer.manifest, offer.names));
  return loaded;
}

}  // namespace

Result<LoadedImage> store_image(const store::Store& store, std::vector<ReceivedLayer> layers,
                                const std::string& config_bytes, const std::vector<std::string>& names) {
  oci::Manifest manifest;
  manifest.media_type = oci::kOciManifest;
  oci::Document config = document(oci::kOciConfig, config_bytes);
  manifest.config = config.descriptor;
  for (const auto& layer : layers) manifest.layers.push_back(layer.descriptor());
  oci::Document written = document(oci::kOciManifest, oci::write_manifest(manifest));
  TRY(publish(store, layers, config, written, names));
  return LoadedImage{config.descriptor.digest.hex(), names, written.descriptor.digest};
}

Result<std::vector<LoadedImage>> load(const store::Store& store, const Origin& origin, const std::string& reference,
                                      const std::optional<oci::Platform>& platform) {
  TRY(store.sweep());
  Lock used = TRY(store.use());  // what is here now stays here until the image is listed
  auto images = TRY(origin.list(reference));
  if (images.empty()) {
    if (reference.empty()) return fail(Code::not_found, "{} lists no image", origin.name());
    return fail(Code::not_found, "{} has no image '{}'", origin.name(), reference);
  }
  std::vector<Offer> offers;
  for (const auto& image : images) offers.push_back(TRY(offer_of(origin, image, platform)));
  std::vector<LoadedImage> loaded;
  for (const auto& offer : offers) loaded.push_back(TRY(load_offer(store, origin, offer)));
  return loaded;
}

}  // namespace gantry::transfer
