#include "store/snapshots.hpp"

#include "base/file.hpp"
#include "content/scratch.hpp"
#include "store/mapped.hpp"

#include <sys/stat.h>

#include <cerrno>

namespace gantry::store {

Result<Snapshot> Snapshots::prepare(const std::string& id, const std::vector<std::string>& lower) const {
  // Ids become names of folders.
  if (id.empty() || id.front() == '.' || id.find('/') != std::string::npos)
    return fail(Code::invalid, "'{}' cannot be a container's id", id);
  if (lower.empty()) return fail(Code::invalid, "container {} has no layers", id);
  std::string path = folder(id);
  if (mkdir(path.c_str(), 0700) < 0) {
    if (errno == EEXIST) return fail(Code::exists, "container {} has a snapshot already", id);
    return Error::system("create folder {}", path);
  }
  if (auto made = overlay_driver().make_snapshot(path, lower.front()); !made) {
    best_effort(remove_mapped_tree(path));
    return std::move(made.error());
  }
  return get(id);
}

Snapshot Snapshots::get(const std::string& id) const { return overlay_driver().snapshot(folder(id)); }

bool Snapshots::has(const std::string& id) const { return path_exists(folder(id)); }

Result<> Snapshots::remove(const std::string& id) const {
  auto taken = content::Scratch::take_folder(root_ + "/tmp", folder(id));
  if (!taken && taken.error().code() == Code::not_found) return {};
  auto scratch = TRY(std::move(taken));
  return with_context(remove_mapped_tree(scratch.path()), "remove what container {} has written", id);
}

Result<std::vector<std::string>> Snapshots::list() const { return list_folder(root_ + "/containers"); }

}  // namespace gantry::store
