#include "store/apply_layer.hpp"

#include "base/file.hpp"
#include "linux/mount.hpp"
#include "linux/overlay_marks.hpp"
#include "linux/path.hpp"
#include "store/node_copy.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <utility>

namespace gantry::store {

namespace {

Result<Fd> open_below(const Fd& folder, const std::string& name) {
  return open_at(folder.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/// One layer on its way into the tree.
class Application {
 public:
  explicit Application(const Fd& tree) : tree_(tree) {}

  /// The folder `path` of the layer and of the tree.
  Result<> apply(const Fd& layer, const Fd& tree, const std::string& path) {
    for (const auto& name : TRY(list_folder_at(layer.get(), "."))) {
      const std::string below = path.empty() ? name : path + "/" + name;
      struct stat info;
      if (fstatat(layer.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) return Error::system("{}", below);
      if (S_ISDIR(info.st_mode)) TRY(apply_folder(layer, tree, name, below));
      else TRY(with_context(apply_file(layer, tree, name, below, info), "{}", below));
    }
    // After what is in it, which changes its times.
    return with_context(copy_attributes(layer, tree), "{}", path.empty() ? "/" : path);
  }

 private:
  Result<> apply_folder(const Fd& layer, const Fd& tree, const std::string& name, const std::string& path) {
    const Fd from = TRY(open_below(layer, name));
    struct stat there;
    const bool exists = fstatat(tree.get(), name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0;
    const bool joined = exists && S_ISDIR(there.st_mode) && !linux::is_opaque(from);
    if (exists && !joined) TRY(remove_tree_at(tree.get(), name));
    if (!joined && mkdirat(tree.get(), name.c_str(), 0700) < 0) return Error::system("make folder {}", path);
    return apply(from, TRY(open_below(tree, name)), path);
  }

  Result<> apply_file(const Fd& layer, const Fd& tree, const std::string& name, const std::string& path,
                      const struct stat& info) {
    TRY(remove_tree_at(tree.get(), name));
    if (linux::is_whiteout(info)) return {};
    if (info.st_nlink > 1) {
      auto [first, is_new] = linked_.try_emplace({info.st_dev, info.st_ino}, path);
      if (!is_new) return link_to(first->second, tree, name);
    }
    return copy_node(layer, tree, name, info);
  }

  /// Another name of a file that came before.
  Result<> link_to(const std::string& first, const Fd& tree, const std::string& name) {
    const auto place = TRY(linux::place_in_root(tree_, first));
    if (linkat(place.folder.get(), place.name.c_str(), tree.get(), name.c_str(), 0) < 0)
      return Error::system("make a link to {}", first);
    return {};
  }

  const Fd& tree_;
  std::map<std::pair<dev_t, ino_t>, std::string> linked_;  ///< first path of each file that has several
};

}  // namespace

Result<> apply_layer(const std::string& layer, const Fd& tree) {
  const Fd root = TRY(linux::open_layer(layer));
  const Fd readable = TRY(open_at(root.get(), ".", O_RDONLY | O_DIRECTORY));
  return Application(tree).apply(readable, tree, "");
}

}  // namespace gantry::store
