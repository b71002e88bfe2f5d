#include "build/step_cache.hpp"

#include "archive/describe.hpp"
#include "base/json.hpp"
#include "oci/media_types.hpp"
#include "transfer/layer.hpp"
#include "transfer/layer_blob.hpp"
#include "transfer/offer.hpp"
#include "transfer/recompress.hpp"

#include <algorithm>
#include <set>

namespace gantry::build {

namespace {

constexpr std::string_view kCacheConfig = "application/vnd.gantry.build.cache.v1+json";
constexpr int kCompressionLevel = 3;

struct CacheConfig {
  std::vector<CachedStep> steps;
};
BOOST_DESCRIBE_STRUCT(CacheConfig, (), (steps))

/// A blob whose bytes are at hand.
Result<> put_text(transfer::Target& target, const oci::Descriptor& descriptor, const std::string& text) {
  return target.put_blob(descriptor, [&](std::uint64_t from) -> Result<std::unique_ptr<Source>> {
    return std::make_unique<TextSource>(text.substr(from));
  });
}

/// What of an image's layers has a diff id.
oci::Descriptor layer_of(const oci::Manifest& manifest, const oci::ImageConfig& config, const std::string& diff_id) {
  const auto& ids = config.rootfs.diff_ids;
  const auto at = std::ranges::find(ids, diff_id, &oci::Digest::text) - ids.begin();
  return static_cast<std::size_t>(at) < manifest.layers.size() ? manifest.layers[static_cast<std::size_t>(at)]
                                                               : oci::Descriptor();
}

}  // namespace

Result<> ImportedSteps::add(std::unique_ptr<transfer::Origin> origin) {
  for (const auto& listed : TRY(origin->list(""))) {
    const auto document = oci::is_index(listed.root.media_type) ? TRY(transfer::manifest_of(*origin, listed, {}))
                                                                : TRY(origin->document(listed.root));
    TRY(with_context(add_manifest(*origin, document), "{}", origin->name()));
  }
  origins_.push_back(std::move(origin));
  return {};
}

Result<> ImportedSteps::add_manifest(const transfer::Origin& origin, const oci::Document& document) {
  const auto manifest = TRY(oci::parse_manifest(document.bytes, "manifest"));
  const bool is_image = oci::is_config(manifest.config.media_type);
  const auto noted = manifest.annotations.find(kInlineCache);
  if (is_image && noted == manifest.annotations.end()) return {};
  if (!is_image && manifest.config.media_type != kCacheConfig)
    return fail(Code::unsupported, "its config is of type {}, which is no cache of builds", manifest.config.media_type);
  const auto config = TRY(origin.document(manifest.config)).bytes;
  oci::ImageConfig image;
  if (is_image) image = TRY(oci::parse_image_config(config, "config"));
  for (auto& step : TRY(json::decode<CacheConfig>(is_image ? noted->second : config, "the cache")).steps) {
    Found found{.origin = &origin, .blob = {}, .step = step};
    if (is_image) {
      found.blob = layer_of(manifest, image, step.layer);
    } else if (const auto blob = std::ranges::find(manifest.layers, step.blob,
                                                   [](const oci::Descriptor& layer) { return layer.digest.text(); });
               blob != manifest.layers.end()) {
      found.blob = *blob;
    }
    if (step.layer.empty() || !found.blob.digest.empty()) steps_.emplace(step.key, std::move(found));
  }
  return {};
}

const ImportedSteps::Found* ImportedSteps::find(const oci::Digest& key) const {
  const auto found = steps_.find(key.text());
  return found == steps_.end() ? nullptr : &found->second;
}

Result<Performed> fetch_step(const store::Store& store, const ImportedSteps::Found& found) {
  Performed performed{.status = 0, .layer = found.step.layer, .size = 0, .is_fetched = true};
  if (found.step.layer.empty()) return performed;
  const auto diff_id = TRY(oci::Digest::parse(found.step.layer));
  if (!store.layers().has(diff_id)) {
    transfer::LayerOrder order;
    order.label = "the layer of a cached step";
    order.source = TRY(found.origin->open(found.blob));
    order.digest = found.blob.digest;
    order.size = found.blob.size;
    order.diff_id = diff_id;
    order.keep_blob = false;
    auto job = TRY(transfer::LayerJob::start(store, std::move(order)));
    auto received = TRY(job.finish());
    TRY(received.commit());
  }
  performed.size = TRY(store.layers().info(diff_id)).size;
  return performed;
}

Result<> export_steps(const store::Store& store, std::span<const CachedStep> steps, transfer::Target& target) {
  CacheConfig config{.steps = {steps.begin(), steps.end()}};
  oci::Manifest manifest;
  manifest.media_type = oci::kOciManifest;
  std::map<std::string, std::string> blobs;  // by diff id
  for (auto& step : config.steps) {
    if (step.layer.empty()) continue;
    auto& blob = blobs[step.layer];
    if (blob.empty()) {
      const auto diff_id = TRY(oci::Digest::parse(step.layer));
      FileSource plain(TRY(transfer::open_blob(store, diff_id)), step.layer);
      auto layer =
          TRY(transfer::recompress(plain, archive::Compression::zstd, kCompressionLevel, store.root() + "/tmp"));
      layer.descriptor.media_type = oci::kOciLayerZstd;
      if (!TRY(target.has(layer.descriptor)))
        TRY(target.put_blob(layer.descriptor, [&](std::uint64_t from) { return layer.open(from); }));
      blob = layer.descriptor.digest.text();
      manifest.layers.push_back(std::move(layer.descriptor));
    }
    step.blob = blob;
  }
  const std::string text = json::encode(config);
  manifest.config = archive::describe(kCacheConfig, text);
  TRY(put_text(target, manifest.config, text));
  std::string bytes = oci::write_manifest(manifest);
  auto descriptor = archive::describe(oci::kOciManifest, bytes);
  return target.finish({.descriptor = std::move(descriptor), .bytes = std::move(bytes)});
}

std::string inline_cache(std::span<const CachedStep> steps) {
  CacheConfig config;
  for (const auto& step : steps) config.steps.push_back({.key = step.key, .layer = step.layer});
  return json::encode(config);
}

}  // namespace gantry::build
