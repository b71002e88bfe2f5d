#include "base/file.hpp"
#include "engine/chown_tree.hpp"
#include "engine/storage.hpp"
#include "linux/path.hpp"
#include "store/mapped.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace gantry::engine {

namespace {

class Finder {
 public:
  explicit Finder(const StorageInput& input) : input_(input) {}

  Result<Storage> run() {
    // What an earlier run left there.
    TRY(store::remove_mapped_tree(input_.scratch));
    for (const Mount& mount : input_.config.mounts)
      TRY(with_context(add(mount), "mount {} on {}", mount.source, mount.target));
    return std::move(storage_);
  }

 private:
  Result<> add(Mount mount) {
    if (mount.type == "volume") TRY(find_volume(mount));
    if (mount.type == "image") return add_layers(mount, TRY(image_layers(mount)), !is_writable(mount));
    if (mount.type == "tmpfs" && mount.chown)
      mount.options.insert(mount.options.end(),
                           {fmt::format("uid={}", input_.user.uid), fmt::format("gid={}", input_.user.gid)});
    if (mount.type == "bind") {
      if (mount.chown) TRY(chown_tree(mount.source, input_.user.uid, input_.user.gid, input_.maps));
      if (mount.overlay) return add_layers(mount, {mount.source}, false);
    }
    storage_.mounts.push_back(std::move(mount));
    return {};
  }

  /// A bind of the volume's folder.
  Result<> find_volume(Mount& mount) {
    const Volume volume = TRY(input_.volumes.get(mount.source));
    mount.source = TRY(input_.volumes.use(volume));
    mount.type = "bind";
    TRY(give_to_container(mount.source));
    for (const char* option : {"nosuid", "nodev"})
      if (std::ranges::find(mount.options, std::string_view(option).substr(2)) == mount.options.end())
        mount.options.emplace_back(option);
    if (!mount.subpath.empty()) return find_subpath(mount);
    if (!mount.no_copy && mount.idmap.empty()) storage_.filled.push_back(mount.target);
    return {};
  }

  /// A new volume is root's, whom a user namespace does not have.
  Result<> give_to_container(const std::string& path) {
    if (!input_.maps || geteuid() != 0) return {};
    struct stat info;
    if (stat(path.c_str(), &info) < 0) return Error::system("{}", path);
    if (info.st_uid != 0 || !TRY(list_folder(path)).empty()) return {};
    return chown_tree(path, 0, 0, input_.maps);
  }

  /// Whoever writes to the volume may turn a link elsewhere meanwhile: the folder is held, and mounted from there.
  Result<> find_subpath(Mount& mount) {
    if (geteuid() != 0)
      return fail(Code::unsupported, "option --mount: an ordinary user cannot mount the subpath '{}' of a volume",
                  mount.subpath)
          .with_cure("mount the whole volume");
    const Fd volume = TRY(open_file(mount.source, O_PATH | O_DIRECTORY));
    Fd inside = TRY(with_context(linux::open_in_root(volume, mount.subpath, O_PATH), "subpath '{}'", mount.subpath));
    mount.source = linux::fd_path(inside);
    storage_.held.push_back(std::move(inside));
    return {};
  }

  static bool is_writable(const Mount& mount) { return std::ranges::find(mount.options, "rw") != mount.options.end(); }

  Result<std::vector<std::string>> image_layers(const Mount& mount) {
    const store::Image image = TRY(input_.store.images().find(mount.source));
    auto layers = TRY(input_.store.layers().paths(image.config));
    if (layers.empty()) return fail(Code::unsupported, "image '{}' has no layers to mount", mount.source);
    return layers;
  }

  Result<> add_layers(Mount& mount, std::vector<std::string> layers, bool read_only) {
    runtime::OverlayRoot overlay{.layers = std::move(layers), .upper = mount.upper, .work = mount.work};
    if (read_only) {
      // Overlayfs wants two layers when it has none to write to.
      overlay.layers.push_back(input_.store.root() + "/layers/empty");
      TRY(make_folders(overlay.layers.back()));
    } else if (overlay.upper.empty()) {
      TRY(make_layer(overlay));
    }
    storage_.overlays.push_back({mount.target, std::move(overlay)});
    mount.type = "overlay";
    mount.options = {read_only ? "ro" : "rw", "nosuid", "nodev"};
    storage_.mounts.push_back(std::move(mount));
    return {};
  }

  /// Its root has the owner and mode of what is below.
  Result<> make_layer(runtime::OverlayRoot& overlay) {
    const std::string folder = fmt::format("{}/{}", input_.scratch, storage_.overlays.size());
    overlay.upper = folder + "/upper";
    overlay.work = folder + "/work";
    TRY(make_folders(overlay.upper));
    TRY(make_folders(overlay.work));
    struct stat below;
    if (stat(overlay.layers.front().c_str(), &below) < 0 || !S_ISDIR(below.st_mode)) return {};
    return store::mapped([&]() -> Result<> {
      if (lchown(overlay.upper.c_str(), below.st_uid, below.st_gid) < 0 ||
          chmod(overlay.upper.c_str(), below.st_mode & 07777) < 0)
        return Error::system("set the owner of {}", overlay.upper);
      return {};
    });
  }

  const StorageInput& input_;
  Storage storage_;
};

}  // namespace

Result<Storage> find_storage(const StorageInput& input) { return Finder(input).run(); }

}  // namespace gantry::engine
