#include "build/workspace.hpp"

#include "base/file.hpp"
#include "linux/idmap.hpp"
#include "linux/mount.hpp"
#include "store/mapped.hpp"
#include "store/merged.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ranges>

namespace gantry::build {

namespace {

std::vector<std::string> paths_of(const store::Store& store, std::span<const oci::Digest> layers) {
  std::vector<std::string> paths;
  for (const auto& layer : layers | std::views::reverse) paths.push_back(store.layers().path(layer));
  return paths;
}

}  // namespace

Result<> copy_root(const std::string& layer, const std::string& folder) {
  Fd opened = TRY(linux::open_layer(layer));
  struct stat root;
  if (fstat(opened.get(), &root) < 0) return Error::system("layer {}", layer);
  if (chown(folder.c_str(), root.st_uid, root.st_gid) < 0) return Error::system("change the owner of {}", folder);
  if (chmod(folder.c_str(), root.st_mode & 07777) < 0) return Error::system("change the mode of {}", folder);
  return {};
}

Result<Workspace> Workspace::make(const store::Store& store, std::span<const oci::Digest> layers) {
  Workspace made(store, TRY(content::Scratch::make_folder(store.root() + "/tmp")));
  TRY(made.find_lower(layers));
  TRY(made.make_upper());
  if (!layers.empty()) TRY(copy_root(made.lower_.front(), made.upper_));
  return made;
}

Result<Workspace> Workspace::reopen(const store::Store& store, std::span<const oci::Digest> layers,
                                    const KeptUpper& kept) {
  Workspace opened(store, TRY(content::Scratch::make_folder(store.root() + "/tmp")));
  TRY(opened.find_lower(layers));
  opened.upper_ = kept.upper;
  opened.work_ = kept.work;
  opened.mounted_ = kept.mounted;
  return opened;
}

Result<> Workspace::make_upper() {
  staging_.emplace(TRY(store_->layers().begin()));
  work_ = scratch_.path() + "/work";
  TRY(make_folders(work_, 0700));
  upper_ = staging_->driver().is_image() ? scratch_.path() + "/upper" : staging_->path();
  TRY(make_folders(upper_));
  if (chmod(upper_.c_str(), 0755) < 0) return Error::system("change the mode of {}", upper_);
  return {};
}

Result<> Workspace::find_lower(std::span<const oci::Digest> layers) {
  lower_ = paths_of(*store_, layers);
  if (!lower_.empty()) return {};
  // Overlayfs wants something to be below.
  lower_.push_back(scratch_.path() + "/empty");
  return make_folders(lower_.back());
}

Workspace::~Workspace() {
  // Scratch alone could not remove files of subordinate ids.
  if (!scratch_.path().empty()) best_effort(store::remove_mapped_tree(scratch_.path()));
}

std::optional<runtime::OverlayRoot> Workspace::overlay() const {
  if (!mounted_.empty()) return {};
  return runtime::OverlayRoot{lower_, upper_, work_};
}

Result<Fd> Workspace::open() const {
  if (!mounted_.empty()) return open_file(mounted_, O_RDONLY | O_DIRECTORY);
  const linux::Overlay overlay{
      .layers = lower_, .upper = upper_, .work = work_, .user_xattr = !linux::in_initial_user_namespace()};
  return linux::make_overlay(overlay, MOUNT_ATTR_NODEV | MOUNT_ATTR_NOSUID);
}

std::vector<std::string> Workspace::tree() const {
  std::vector<std::string> tree{upper_};
  tree.insert(tree.end(), lower_.begin(), lower_.end());
  return tree;
}

Result<transfer::SealedLayer> Workspace::seal(Timestamp latest) {
  return transfer::seal_upper(*store_, *staging_, upper_, latest);
}

Result<Fd> open_tree(const store::Store& store, std::span<const oci::Digest> layers) {
  return store::open_merged(store, paths_of(store, layers));
}

}  // namespace gantry::build
