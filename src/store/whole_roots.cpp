#include "store/whole_roots.hpp"

#include "linux/btrfs.hpp"
#include "linux/idmap.hpp"
#include "store/apply_layer.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace gantry::store {

namespace {

Result<> copy_layers(const Layers& layers, std::span<const oci::Digest> stack, const std::string& path) {
  const Fd tree = TRY(make_and_open_folder(path, 0700));
  for (const auto& layer : stack)
    TRY(with_context(apply_layer(layers.path(layer), tree), "copy layer {}", layer.text()));
  return {};
}

Result<> take_snapshot(const Store& store, std::span<const oci::Digest> stack, const std::string& path) {
  return linux::make_snapshot(TRY(store.trees().make(store.layers(), stack)), path);
}

}  // namespace

Result<Snapshot> prepare_whole(const Store& store, RootKind kind, const std::string& id,
                               std::span<const oci::Digest> layers) {
  const auto make = [&](const std::string& path) -> Result<> {
    const auto work = [&] {
      return kind == RootKind::copied ? copy_layers(store.layers(), layers, path) : take_snapshot(store, layers, path);
    };
    // The files belong to whom they belong to in the image.
    return geteuid() == 0 ? work() : linux::in_user_namespace(TRY(linux::rootless_maps()), work);
  };
  return store.snapshots().prepare_whole(id, make);
}

}  // namespace gantry::store
