#include "transfer/load.hpp"

#include "archive/describe.hpp"
#include "archive/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "content/claim.hpp"
#include "oci/media_types.hpp"
#include "transfer/labels.hpp"

#include <algorithm>
#include <iterator>
#include <list>
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

// Different names, as an image may call its own digest that of a layer.
std::string claim_of_image(const oci::Digest& digest) { return "image-" + digest.hex(); }
std::string claim_of_layer(const oci::Digest& digest) { return "layer-" + digest.hex(); }

/// An origin of which the store may have documents already.
class KnownOrigin final : public Origin {
 public:
  KnownOrigin(const store::Store& store, const Origin& origin) : store_(store), origin_(origin) {}

  const std::string& name() const override { return origin_.name(); }
  Result<std::vector<Listed>> list(const std::string& reference) const override { return origin_.list(reference); }
  Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const override {
    auto bytes = store_.blobs().read(descriptor.digest);
    // One that was damaged on disk comes anew.
    if (bytes && archive::hash_of(as_bytes(*bytes), descriptor.digest.algorithm()) == descriptor.digest)
      return std::make_unique<TextSource>(std::move(*bytes));
    return origin_.open(descriptor);
  }

 private:
  const store::Store& store_;
  const Origin& origin_;
};

/// The layers of one image: those that the store lacks are received, several at a time.
///
/// What another process is receiving is waited for and then used. A layer that was waited for by others stays, should
/// this image fail: a collection finds it.
class Intake {
 public:
  Intake(const store::Store& store, const Origin& origin, const Offer& offer, progress::Meter& meter)
      : store_(store), origin_(origin), offer_(offer), meter_(meter) {}

  Result<std::vector<ReceivedLayer>> run() {
    layers_.resize(offer_.layers.size());
    std::vector<std::size_t> missing = this->missing();
    TRY(check_room(missing));
    while (true) {
      missing = TRY(receive_unclaimed(missing));
      if (missing.empty()) break;
      // Nobody waits while others wait for him.
      TRY(commit_received());
      log::info("layer {} of {}: another process receives it", missing.front() + 1, offer_.label);
      TRY(content::Claim::take(tmp(), claim_of_layer(diff_id(missing.front()))));
    }
    for (std::size_t i = 0; i < layers_.size(); ++i)
      if (auto same = earlier(i)) layers_[i].emplace(ReceivedLayer::present(layers_[*same]->descriptor(), diff_id(i)));
    std::vector<ReceivedLayer> received;
    received.reserve(layers_.size());
    for (auto& layer : layers_) received.push_back(std::move(*layer));
    return received;
  }

 private:
  struct Running {
    std::size_t index;
    LayerJob job;
    progress::Item shown;
  };

  std::string tmp() const { return store_.root() + "/tmp"; }

  /// Receives those that nobody else does just now; gives back the others.
  Result<std::vector<std::size_t>> receive_unclaimed(const std::vector<std::size_t>& missing) {
    std::vector<std::size_t> claimed;
    for (std::size_t i : missing) {
      auto claim = content::Claim::try_take(tmp(), claim_of_layer(diff_id(i)));
      if (!claim && claim.error().code() == Code::busy) {
        claimed.push_back(i);
        continue;
      }
      auto held = TRY(std::move(claim));
      if (present(i)) {
        meter_.begin(blob_label(offer_.layers[i].descriptor), {}).skipped("another process has fetched it");
        continue;
      }
      claims_.push_back(std::move(held));
      if (running_.size() >= max_jobs()) TRY(finish_one());
      TRY(start(i));
    }
    while (!running_.empty()) TRY(finish_one());
    return claimed;
  }

  /// Puts what has come in its place, and lets those who wait for it see it.
  Result<> commit_received() {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (!layers_[i]) continue;
      TRY(layers_[i]->commit());
      layers_[i].emplace(ReceivedLayer::present(layers_[i]->descriptor(), diff_id(i)));
    }
    claims_.clear();
    return {};
  }

  /// The layers that have to come.
  std::vector<std::size_t> missing() {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < offer_.layers.size(); ++i) {
      if (earlier(i)) continue;
      const oci::Descriptor& descriptor = offer_.layers[i].descriptor;
      if (present(i)) {
        meter_.begin(blob_label(descriptor), {}).skipped("already exists");
        continue;
      }
      meter_.expect(static_cast<std::uint64_t>(descriptor.size));
      indices.push_back(i);
    }
    return indices;
  }

  /// Before anything is fetched: what unpacked layers will take is not known yet.
  Result<> check_room(const std::vector<std::size_t>& missing) const {
    const std::uint64_t room = TRY(store_.room());
    std::uint64_t needed = 0;
    for (std::size_t i : missing) {
      const oci::Descriptor& descriptor = offer_.layers[i].descriptor;
      if (!has_blob(descriptor)) needed += static_cast<std::uint64_t>(descriptor.size);
    }
    if (needed <= room) return {};
    return store::over_limit(fmt::format("image {} takes {} or more, and the store may grow by {} only", offer_.label,
                                         human_size(needed), human_size(room)));
  }

  Result<> start(std::size_t i) {
    const oci::Descriptor& descriptor = offer_.layers[i].descriptor;
    auto order = TRY(this->order(i));
    auto shown = meter_.begin(blob_label(descriptor), static_cast<std::uint64_t>(descriptor.size));
    order.source = shown.counted(std::move(order.source));
    auto job = TRY(LayerJob::start(store_, std::move(order)));
    running_.push_back({i, std::move(job), std::move(shown)});
    return {};
  }

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

  Result<> finish_one() {
    std::vector<const Task*> tasks;
    for (const auto& running : running_) tasks.push_back(&running.job.task());
    auto ended = std::next(running_.begin(), static_cast<std::ptrdiff_t>(TRY(wait_for_any(tasks))));
    layers_[ended->index].emplace(TRY(ended->job.finish()));
    ended->shown.done();
    running_.erase(ended);
    return {};
  }

  const store::Store& store_;
  const Origin& origin_;
  const Offer& offer_;
  progress::Meter& meter_;
  std::vector<std::optional<ReceivedLayer>> layers_;
  std::list<Running> running_;
  std::vector<content::Claim> claims_;  ///< on layers that are being received, or not yet in their places
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

Result<LoadedImage> load_offer(const store::Store& store, const Origin& origin, const Offer& offer,
                               progress::Meter& meter) {
  Intake intake(store, origin, offer, meter);  // its claims are held until the layers are in their places
  auto layers = TRY(intake.run());
  meter.begin(config_label(offer.config.descriptor), offer.config.bytes.size()).done();
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
                                      const std::optional<oci::Platform>& platform, progress::Meter& meter) {
  TRY(store.sweep());
  Lock used = TRY(store.use());  // what is here now stays here until the image is listed
  auto images = TRY(origin.list(reference));
  if (images.empty()) {
    if (reference.empty()) return fail(Code::not_found, "{} lists no image", origin.name());
    return fail(Code::not_found, "{} has no image '{}'", origin.name(), reference);
  }
  // Whoever pulls the same image at the same time waits here, and then finds all of it.
  std::optional<content::Claim> claim;
  if (images.size() == 1)
    claim.emplace(TRY(content::Claim::take(store.root() + "/tmp", claim_of_image(images[0].root.digest))));
  KnownOrigin known(store, origin);
  std::vector<Offer> offers;
  offers.reserve(images.size());
  for (const auto& image : images) offers.push_back(TRY(offer_of(known, image, platform)));
  std::vector<LoadedImage> loaded;
  loaded.reserve(offers.size());
  for (const auto& offer : offers) loaded.push_back(TRY(load_offer(store, origin, offer, meter)));
  return loaded;
}

Result<std::vector<LoadedImage>> load_and_show(const store::Store& store, const Origin& origin,
                                               const std::string& reference,
                                               const std::optional<oci::Platform>& platform, bool quiet) {
  progress::Meter meter(progress::style_for(quiet));
  return load(store, origin, reference, platform, meter);
}

}  // namespace gantry::transfer
