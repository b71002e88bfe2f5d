#include "engine/usage.hpp"

#include "engine/access.hpp"
#include "engine/state.hpp"

#include <map>
#include <set>
#include <string>

namespace gantry::engine {

namespace {

/// The layers and blobs of the store, each with its size and the images that have it.
class Parts {
 public:
  explicit Parts(const store::Store& store) : store_(store) {}

  /// Also what belongs to no image.
  Result<> add_all() {
    for (const auto& diff_id : TRY(store_.layers().list())) add_layer(diff_id);
    for (const auto& digest : TRY(store_.blobs().list())) add_blob(digest);
    return {};
  }
  void add_image(std::size_t number, const store::Image& image, const oci::Digest& manifest) {
    for (const auto& diff_id : image.config.rootfs.diff_ids) add_layer(diff_id).insert(number);
    for (const auto& layer : image.manifest.layers) add_blob(layer.digest).insert(number);
    add_blob(image.manifest.config.digest).insert(number);
    add_blob(manifest).insert(number);
  }

  void share_out(Usage& usage, const std::set<oci::Digest>& used_layers) const {
    for (const auto* parts : {&layers_, &blobs_}) {
      for (const auto& [digest, part] : *parts) {
        usage.images_size += part.size;
        bool in_use = parts == &layers_ && used_layers.contains(digest);
        for (std::size_t image : part.images) {
          in_use = in_use || usage.images[image].containers > 0;
          if (part.images.size() == 1) usage.images[image].unique += part.size;
          else if (parts == &layers_) usage.images[image].shared += part.size;
        }
        if (!in_use) usage.images_reclaimable += part.size;
      }
    }
  }

 private:
  struct Part {
    std::uint64_t size = 0;
    std::set<std::size_t> images;
  };

  std::set<std::size_t>& add_layer(const oci::Digest& diff_id) {
    auto [part, is_new] = layers_.try_emplace(diff_id);
    auto info = is_new ? store_.layers().info(diff_id) : Result<store::LayerInfo>();
    if (is_new && info) part->second.size = info->size;
    return part->second.images;
  }
  std::set<std::size_t>& add_blob(const oci::Digest& digest) {
    auto [part, is_new] = blobs_.try_emplace(digest);
    if (is_new) part->second.size = store_.blobs().size(digest).value_or(0);
    return part->second.images;
  }

  const store::Store& store_;
  std::map<oci::Digest, Part> layers_;
  std::map<oci::Digest, Part> blobs_;
};

}  // namespace

Result<Usage> Engine::usage() {
  const store::Store& store = *TRY(state_->store());
  Usage usage;
  std::map<std::string, std::size_t> users;
  std::set<oci::Digest> used_layers;
  for (const Record& record : TRY(TRY(state_->records())->list())) {
    ++users[record.image_id];
    used_layers.insert(record.layers.begin(), record.layers.end());
    usage.containers.push_back({state_->see(record), disk_size(*this, record.id)});
  }
  Parts parts(store);
  TRY(parts.add_all());
  for (auto& summary : TRY(store.images().list())) {
    auto image = store.images().find(summary.id);
    if (!image) continue;  // removed just now
    const std::size_t number = usage.images.size();
    usage.images.push_back({.image = std::move(summary), .containers = users[image->id]});
    parts.add_image(number, *image, image->descriptor.digest);
  }
  parts.share_out(usage, used_layers);
  return usage;
}

Result<Pruned> Engine::prune_images(const std::function<bool(const store::ImageSummary&)>& choose) {
  const store::Images& images = TRY(state_->store())->images();
  std::set<std::string> used;
  for (const Record& record : TRY(TRY(state_->records())->list())) used.insert(record.image_id);
  for (auto& id : state_->mounted_images()) used.insert(std::move(id));
  Pruned pruned;
  for (const auto& image : TRY(images.list()))
    if (!used.contains(image.id) && choose(image)) pruned.ids.push_back(image.id);
  if (!pruned.ids.empty()) TRY(images.remove(pruned.ids));
  // Also without an image to remove: what was postponed before can be collected now.
  const store::Collected collected = TRY(collect());
  pruned.bytes = collected.bytes + collected.layer_bytes;
  return pruned;
}

Result<Pruned> Engine::prune_containers(const std::function<bool(const Container&)>& choose) {
  Pruned pruned;
  for (const Container& container : TRY(list({.all = true}))) {
    const bool has_ended = container.status == Status::created || container.status == Status::exited;
    if (!has_ended || !choose(container)) continue;
    const std::uint64_t size = disk_size(*this, container.id);
    auto removed = remove(container.id, false);
    // Started or removed by somebody just now.
    if (!removed && (removed.error().code() == Code::busy || removed.error().code() == Code::not_found)) continue;
    TRY(std::move(removed));
    pruned.ids.push_back(container.id);
    pruned.bytes += size;
  }
  return pruned;
}

}  // namespace gantry::engine
