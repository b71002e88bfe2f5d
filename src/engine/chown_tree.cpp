#include "engine/chown_tree.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::engine {

namespace {

constexpr int kMaxDepth = 512;  // descriptors of each level are held

struct Owner {
  unsigned uid;
  unsigned gid;
};

Result<> give(int folder, const std::string& name, const struct stat& info, Owner owner) {
  if (info.st_uid == owner.uid && info.st_gid == owner.gid) return {};
  if (fchownat(folder, name.c_str(), owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) < 0)
    return Error::system("give {} to user {}", name, owner.uid);
  return {};
}

Result<> give_level(const Fd& folder, dev_t device, Owner owner, int depth) {
  if (depth > kMaxDepth) return fail(Code::invalid, "folders are nested more than {} deep", kMaxDepth);
  for (const auto& name : TRY(list_folder_at(folder.get(), "."))) {
    struct stat info;
    if (fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) {
      if (errno == ENOENT) continue;  // removed by somebody who works there
      return Error::system("look at {}", name);
    }
    if (info.st_dev != device) continue;
    if (S_ISDIR(info.st_mode)) {
      const Fd inner = TRY(open_at(folder.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
      TRY(with_context(give_level(inner, device, owner, depth + 1), "{}", name));
    }
    TRY(give(folder.get(), name, info, owner));
  }
  return {};
}

Result<> give_tree(const std::string& path, Owner owner) {
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return Error::system("{}", path);
  if (S_ISDIR(info.st_mode)) {
    const Fd folder = TRY(open_file(path, O_RDONLY | O_DIRECTORY));
    TRY(give_level(folder, info.st_dev, owner, 0));
  }
  if (chown(path.c_str(), owner.uid, owner.gid) < 0) return Error::system("give {} to user {}", path, owner.uid);
  return {};
}

Result<unsigned> outside(const std::vector<linux::IdMap>& maps, unsigned id) {
  for (const auto& map : maps)
    if (id >= map.inside && id - map.inside < map.count) return map.outside + (id - map.inside);
  return fail(Code::invalid, "id {} does not exist in the container", id);
}

}  // namespace

Result<> chown_tree(const std::string& path, unsigned uid, unsigned gid, const std::optional<linux::IdMaps>& maps) {
  if (!maps) return give_tree(path, {uid, gid});
  if (geteuid() == 0) return give_tree(path, {TRY(outside(maps->uids, uid)), TRY(outside(maps->gids, gid))});
  return linux::in_user_namespace(*maps, [&] { return give_tree(path, {uid, gid}); });
}

}  // namespace gantry::engine
