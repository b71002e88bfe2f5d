#include "store/driver.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/btrfs.hpp"
#include "linux/idmap.hpp"
#include "linux/system.hpp"

#include <fcntl.h>
#include <sys/stat.h>

namespace gantry::store {

namespace {

class FolderDriver final : public Driver {
 public:
  constexpr FolderDriver(std::string_view name, RootKind kind) : name_(name), kind_(kind) {}

  std::string_view name() const override { return name_; }
  RootKind root_kind() const override { return kind_; }
  std::string layer_path(const std::string& folder) const override { return folder + "/fs"; }
  bool is_image() const override { return false; }

  Result<> make_layer(const std::string& folder) const override {
    std::string path = layer_path(folder);
    if (mkdir(path.c_str(), 0755) < 0) return Error::system("create folder {}", path);
    return {};
  }

 private:
  std::string_view name_;
  RootKind kind_;
};

class ErofsDriver final : public Driver {
 public:
  std::string_view name() const override { return "erofs"; }
  RootKind root_kind() const override { return RootKind::joined; }
  std::string layer_path(const std::string& folder) const override { return folder + "/layer.erofs"; }
  bool is_image() const override { return true; }

  Result<> make_layer(const std::string& folder) const override {
    TRY(open_file(layer_path(folder), O_WRONLY | O_CREAT | O_EXCL, 0600));
    return {};
  }
};

constexpr FolderDriver kOverlay("overlay", RootKind::joined);
constexpr FolderDriver kVfs("vfs", RootKind::copied);
constexpr FolderDriver kBtrfs("btrfs", RootKind::snapshot);
constexpr ErofsDriver kErofs;

/// Overlayfs takes mounts without a name as layers since Linux 6.13; EROFS is mounted from files since 6.12.
Result<> check_erofs() {
  if (!linux::in_initial_user_namespace())
    return fail(Code::unsupported, "the storage driver erofs is for root alone").with_cure("use the driver overlay");
  if (linux::kernel_at_least(6, 13)) return {};
  return fail(Code::unsupported, "the storage driver erofs needs Linux 6.13").with_cure("use the driver overlay");
}

/// Of a store that is not there yet, what it will lie on counts.
Result<> check_btrfs(std::string root) {
  const std::string wanted = root;
  while (!path_exists(root) && root.size() > 1) root = cut_last(root, '/').before;
  if (linux::on_btrfs(root.empty() ? "/" : root)) return {};
  return fail(Code::unsupported, "the storage driver btrfs needs a btrfs file system, and {} is on another", wanted)
      .with_cure("give a --root on btrfs, or use the driver overlay or vfs");
}

}  // namespace

const Driver& overlay_driver() { return kOverlay; }
const Driver& erofs_driver() { return kErofs; }

Result<const Driver*> find_driver(std::string_view name, const std::string& root) {
  if (name.empty() || name == kOverlay.name()) return &kOverlay;
  if (name == kVfs.name()) return &kVfs;
  if (name == kBtrfs.name()) {
    TRY(check_btrfs(root));
    return &kBtrfs;
  }
  if (name != kErofs.name())
    return fail(Code::invalid, "there is no storage driver '{}'", name).with_cure("use overlay, erofs, btrfs or vfs");
  TRY(check_erofs());
  return &kErofs;
}

const Driver& driver_of(const std::string& folder) {
  if (path_exists(kErofs.layer_path(folder))) return kErofs;
  return kOverlay;
}

}  // namespace gantry::store
