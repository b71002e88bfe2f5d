#include "archive/layer_tree.hpp"

#include "archive/layer_path.hpp"
#include "archive/node_metadata.hpp"
#include "base/file.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::archive {

Result<Fd> LayerTree::existing_folder(std::string_view path) const {
  return linux::open_in_root(root_, path, O_PATH | O_DIRECTORY);
}

Result<Fd> LayerTree::open_folder(std::string_view path) const {
  return linux::open_in_root(root_, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

Result<int> LayerTree::folder(std::string_view path) {
  if (last_path_ != path) {
    last_path_.reset();
    last_ = TRY(make_folders(path));
    last_path_ = std::string(path);
  }
  return last_.get();
}

Result<Fd> LayerTree::make_folders(std::string_view path) {
  auto opened = existing_folder(path);
  if (opened || path.empty()) return opened;
  int problem = opened.error().os_error();
  // ENOTDIR may be a whiteout that this layer set before it brought the folder back.
  if (problem != ENOENT && problem != ENOTDIR) return opened;
  auto [above_path, part] = split_path(path);
  Fd above = TRY(make_folders(above_path));
  std::string name(part);
  if (mkdirat(above.get(), name.c_str(), 0755) == 0) {
    // Not as our umask has it.
    if (fchmodat(above.get(), name.c_str(), 0755, 0) < 0) return Error::system("set the mode of folder '{}'", path);
  } else if (errno != EEXIST) {
    return Error::system("create folder '{}'", path);
  } else if (is_whiteout(above.get(), name)) {
    TRY(replace_whiteout(above.get(), name));
  } else {
    return fail(Code::invalid, "'{}' is not a folder", path);
  }
  return open_at(above.get(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
}

Result<bool> LayerTree::make_folder(int dir, const std::string& name) {
  if (mkdirat(dir, name.c_str(), 0700) == 0) return true;
  if (errno != EEXIST) return Error::system("create the folder");
  struct stat info;
  if (fstatat(dir, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) return Error::system("look at what is there");
  if (S_ISDIR(info.st_mode)) return false;
  if (is_whiteout(dir, name)) {
    TRY(replace_whiteout(dir, name));
    return true;
  }
  TRY(remove(dir, name));
  if (mkdirat(dir, name.c_str(), 0700) < 0) return Error::system("create the folder");
  return true;
}

Result<> LayerTree::remove(int dir, const std::string& name) {
  TRY(remove_tree_at(dir, name));
  // The kept folder may have been below it, or reached through it. It stays open: the caller is at work in it.
  last_path_.reset();
  return {};
}

bool LayerTree::is_whiteout(int dir, const std::string& name) const {
  struct stat info;
  return options_.whiteouts == Whiteouts::overlay && fstatat(dir, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISCHR(info.st_mode) && info.st_rdev == 0;
}

/// The layer hides a name of lower layers and has a folder there itself: an opaque folder.
Result<> LayerTree::replace_whiteout(int dir, const std::string& name) {
  if (unlinkat(dir, name.c_str(), 0) < 0) return Error::system("remove the whiteout of '{}'", name);
  if (mkdirat(dir, name.c_str(), 0755) < 0) return Error::system("create folder '{}'", name);
  Fd folder = TRY(open_at(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  if (fchmod(folder.get(), 0755) < 0) return Error::system("set the mode of folder '{}'", name);
  return set_opaque(folder, options_.user_xattr);
}

}  // namespace gantry::archive
