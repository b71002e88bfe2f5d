#include "store/snapshots.hpp"

#include "base/file.hpp"
#include "content/scratch.hpp"
#include "linux/mount.hpp"
#include "store/mapped.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::store {

namespace {

Result<> make_folder(const std::string& path, unsigned mode) {
  if (mkdir(path.c_str(), mode) < 0) return Error::system("create folder {}", path);
  return {};
}

Snapshot layer_in(const std::string& folder) {
  return {.root = {}, .upper = folder + "/upper", .work = folder + "/work"};
}

Snapshot whole_in(const std::string& folder) {
  return {.root = folder + "/root", .upper = {}, .work = folder + "/work"};
}

/// `top` is the uppermost layer: the container's root has its owner and mode, which are otherwise those of the
/// uppermost folder, ours.
Result<> make_snapshot(const std::string& folder, const std::string& top) {
  const Snapshot made = layer_in(folder);
  TRY(make_folder(made.upper, 0755));
  Fd layer = TRY(linux::open_layer(top));
  struct stat root;
  if (fstat(layer.get(), &root) < 0) return Error::system("layer {}", top);
  return mapped([&]() -> Result<> {
    struct stat ours;
    if (stat(made.upper.c_str(), &ours) < 0) return Error::system("{}", made.upper);
    if ((ours.st_uid != root.st_uid || ours.st_gid != root.st_gid) &&
        chown(made.upper.c_str(), root.st_uid, root.st_gid) < 0)
      return Error::system("change the owner of {}", made.upper);
    if (chmod(made.upper.c_str(), root.st_mode & 07777) < 0) return Error::system("change the mode of {}", made.upper);
    return {};
  });
}

}  // namespace

Result<Snapshot> Snapshots::make(const std::string& id,
                                 const std::function<Result<>(const std::string& folder)>& fill) const {
  // Ids become names of folders.
  if (id.empty() || id.front() == '.' || id.find('/') != std::string::npos)
    return fail(Code::invalid, "'{}' cannot be a container's id", id);
  const std::string path = folder(id);
  if (mkdir(path.c_str(), 0700) < 0) {
    if (errno == EEXIST) return fail(Code::exists, "container {} has a snapshot already", id);
    return Error::system("create folder {}", path);
  }
  auto made = make_folder(path + "/work", 0700);
  if (made) made = fill(path);
  if (made) return get(id);
  best_effort(remove_mapped_tree(path));
  return std::move(made.error());
}

Result<Snapshot> Snapshots::prepare(const std::string& id, const std::vector<std::string>& lower) const {
  if (lower.empty()) return fail(Code::invalid, "container {} has no layers", id);
  return make(id, [&](const std::string& folder) { return make_snapshot(folder, lower.front()); });
}

Result<Snapshot> Snapshots::prepare_whole(const std::string& id,
                                          const std::function<Result<>(const std::string& path)>& work) const {
  return make(id, [&](const std::string& folder) { return work(whole_in(folder).root); });
}

Snapshot Snapshots::get(const std::string& id) const {
  Snapshot whole = whole_in(folder(id));
  return path_exists(whole.root) ? whole : layer_in(folder(id));
}

bool Snapshots::has(const std::string& id) const { return path_exists(folder(id)); }

Result<> Snapshots::remove(const std::string& id) const {
  auto taken = content::Scratch::take_folder(root_ + "/tmp", folder(id));
  if (!taken && taken.error().code() == Code::not_found) return {};
  auto scratch = TRY(std::move(taken));
  return with_context(remove_mapped_tree(scratch.path()), "remove what container {} has written", id);
}

Result<std::vector<std::string>> Snapshots::list() const { return list_folder(root_ + "/containers"); }

}  // namespace gantry::store
