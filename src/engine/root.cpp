#include "engine/root.hpp"

#include "base/file.hpp"
#include "engine/host_root.hpp"
#include "store/whole_roots.hpp"

#include <ranges>

namespace gantry::engine {

namespace {

/// The folders below the snapshot, the top first.
Result<std::vector<std::string>> lower_folders(const store::Store& store, const Record& record) {
  const ContainerConfig& config = record.config;
  if (config.host_root) return std::vector<std::string>{"/usr"};
  if (!config.rootfs.empty()) return std::vector{config.rootfs};
  std::vector<std::string> folders;
  for (const auto& layer : record.layers | std::views::reverse) {
    if (!store.layers().has(layer))
      return fail(Code::not_found, "layer {} of container {} is gone", layer.text(), record.name)
          .with_cure("load its image again");
    folders.push_back(store.layers().path(layer));
  }
  return folders;
}

bool is_plain(const ContainerConfig& config) { return !config.rootfs.empty() && !config.rootfs_overlay; }

}  // namespace

Result<> Root::make(const store::Store& store, const std::string& driver, const Record& record) {
  if (!record.layers.empty()) {
    const store::RootKind kind = TRY(store::find_driver(driver, store.root()))->root_kind();
    if (kind != store::RootKind::joined) {
      TRY(store::prepare_whole(store, kind, record.id, record.layers));
      return {};
    }
  }
  const auto lower = TRY(lower_folders(store, record));
  const store::Snapshot snapshot = TRY(store.snapshots().prepare(record.id, lower));
  if (record.config.host_root) return make_host_root(snapshot.upper);
  return {};
}

Result<Root> Root::of(const store::Store& store, const Record& record) {
  Root root;
  const store::Snapshot snapshot = store.snapshots().get(record.id);
  if (is_plain(record.config)) {
    root.path = record.config.rootfs;
    root.tree = {root.path};
  } else if (record.config.host_root) {
    root.path = snapshot.upper;
    root.tree = {root.path};
    root.mounts = host_root_mounts();
  } else if (!snapshot.root.empty()) {
    root.path = snapshot.root;
    root.own = true;
    root.tree = {root.path};
    root.below = TRY(lower_folders(store, record));
  } else {
    runtime::OverlayRoot overlay;
    overlay.layers = TRY(lower_folders(store, record));
    overlay.upper = snapshot.upper;
    overlay.work = snapshot.work;
    root.below = overlay.layers;
    root.tree = overlay.layers;
    root.tree.insert(root.tree.begin(), snapshot.upper);
    root.overlay = std::move(overlay);
  }
  return root;
}

}  // namespace gantry::engine
