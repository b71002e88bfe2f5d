#include "engine/host_mounts.hpp"
#include "engine/state.hpp"
#include "store/merged.hpp"

#include <algorithm>

namespace gantry::engine {

namespace {

HostMounts image_mounts_of(const Settings& settings) { return HostMounts(settings.run_root + "/images"); }

}  // namespace

std::vector<std::string> Engine::State::mounted_images() const { return image_mounts_of(settings).ids(); }

Result<std::string> Engine::mount_image(const std::string& name) {
  const store::Store& store = *TRY(state_->store());
  Lock used = TRY(store.use());  // not collected before the folder is there
  const auto image = TRY(store.images().find(name));
  if (image.config.rootfs.diff_ids.empty()) return fail(Code::unsupported, "image '{}' has no layers to mount", name);
  return image_mounts_of(state_->settings).mount(image.id, fmt::format("image '{}'", name), [&]() -> Result<Fd> {
    return store::open_merged(store, TRY(store.layers().paths(image.config)));
  });
}

Result<std::string> Engine::unmount_image(const std::string& name, bool force) {
  const auto image = TRY(TRY(state_->store())->images().find(name));
  TRY(image_mounts_of(state_->settings).unmount(image.id, fmt::format("image '{}'", name), force));
  return image.id;
}

Result<std::vector<ImageMount>> Engine::mounted_images() {
  const auto ids = state_->mounted_images();
  std::vector<ImageMount> mounts;
  if (ids.empty()) return mounts;
  for (const auto& image : TRY(TRY(state_->store())->images().list()))
    if (std::ranges::find(ids, image.id) != ids.end())
      mounts.push_back({image, image_mounts_of(state_->settings).path(image.id)});
  return mounts;
}

}  // namespace gantry::engine
