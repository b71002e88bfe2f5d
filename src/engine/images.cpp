#include "engine/state.hpp"
#include "engine/storage.hpp"
#include "oci/reference.hpp"

#include <algorithm>

namespace gantry::engine {

namespace {

/// Which of the image's names the user meant; empty: none, it was found by its id.
std::string meant_name(const store::Image& image, const std::string& given) {
  std::vector<std::string> candidates{given};
  if (auto local = store::local_name(given)) candidates.push_back(std::move(*local));
  if (auto reference = oci::parse_reference(given))
    candidates.push_back(oci::with_default_tag(std::move(*reference)).canonical());
  for (auto& candidate : candidates)
    if (std::ranges::find(image.names, candidate) != image.names.end()) return std::move(candidate);
  return {};
}

}  // namespace

Result<store::Roots> Engine::State::roots() {
  store::Roots roots;
  for (const Record& record : TRY(TRY(records())->list())) {
    roots.layers.insert(roots.layers.end(), record.layers.begin(), record.layers.end());
    roots.containers.push_back(record.id);
    roots.stacks.push_back(record.layers);
    for (const Mount& mount : record.config.mounts) {
      if (mount.type != "image") continue;
      auto image = TRY(store())->images().find(mount.source);
      if (!image) continue;
      const auto& layers = image->config.rootfs.diff_ids;
      roots.layers.insert(roots.layers.end(), layers.begin(), layers.end());
    }
  }
  for (const auto& id : mounted_images()) {
    auto image = TRY(store())->images().find(id);
    if (!image) continue;
    const auto& layers = image->config.rootfs.diff_ids;
    roots.layers.insert(roots.layers.end(), layers.begin(), layers.end());
  }
  return roots;
}

Result<store::Collected> Engine::collect() {
  return store::collect(*TRY(state_->store()), [this] { return state_->roots(); });
}

Result<ImageRemoval> Engine::remove_image(const std::string& name, bool force) {
  const store::Images& images = TRY(state_->store())->images();
  const store::Image image = TRY(images.find(name));
  const std::string meant = meant_name(image, name);
  if (!meant.empty() && image.names.size() > 1) {
    TRY(images.untag(meant));
    return ImageRemoval{.untagged = {meant}};
  }
  if (meant.empty() && image.names.size() > 1 && !force)
    return fail(Code::busy, "image {} has several names", name).with_cure("remove them by name, or all with --force");
  for (const Record& record : TRY(TRY(state_->records())->list())) {
    if (record.image_id != image.id && !uses_image(record.config, image.id)) continue;
    if (!force)
      return fail(Code::busy, "image {} is used by container '{}'", name, record.name)
          .with_cure("remove the container first, or both with --force");
    TRY(remove(record.id, true));
  }
  const auto mounted = state_->mounted_images();
  if (std::ranges::find(mounted, image.id) != mounted.end()) {
    if (!force)
      return fail(Code::busy, "image {} is mounted", name)
          .with_cure(fmt::format("use: gantry image unmount {}, or --force", name));
    TRY(unmount_image(image.id, true));
  }
  TRY(images.remove(image.id));
  TRY(collect());
  return ImageRemoval{.untagged = image.names, .deleted = image.id};
}

}  // namespace gantry::engine
