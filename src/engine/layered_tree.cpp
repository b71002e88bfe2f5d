#include "engine/layered_tree.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/mount.hpp"
#include "linux/overlay_marks.hpp"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace gantry::engine {

namespace {

constexpr int kMaxLinks = 40;  // as the kernel

Result<std::string> read_link_at(int folder, const std::string& name) {
  std::array<char, PATH_MAX> target;
  ssize_t size = readlinkat(folder, name.c_str(), target.data(), target.size());
  if (size < 0) return Error::system("read link {}", name);
  return std::string(target.data(), static_cast<std::size_t>(size));
}

}  // namespace

Result<LayeredTree> LayeredTree::open(std::span<const std::string> layers) {
  Folder root;
  for (const auto& layer : layers) root.parts.push_back(TRY(linux::open_layer(layer)));
  return LayeredTree(std::move(root));
}

Result<LayeredTree::Entry> LayeredTree::look_up(const Folder& folder, const std::string& name) {
  Entry entry;
  Folder joined;
  for (const Fd& part : folder.parts) {
    struct stat info;
    if (fstatat(part.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) {
      if (errno == ENOENT) continue;
      return Error::system("look up {}", name);
    }
    if (S_ISDIR(info.st_mode)) {
      joined.parts.push_back(TRY(open_at(part.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)));
      if (linux::is_opaque(joined.parts.back())) break;
      continue;
    }
    // Anything else ends the search, and is what the name stands for unless a layer above has a folder.
    if (!joined.parts.empty() || linux::is_whiteout(info)) break;
    if (S_ISLNK(info.st_mode)) {
      entry.link = TRY(read_link_at(part.get(), name));
    } else if (S_ISREG(info.st_mode)) {
      entry.file = TRY(open_at(part.get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    }
    return entry;
  }
  if (!joined.parts.empty()) entry.folder = std::make_shared<Folder>(std::move(joined));
  return entry;
}

Result<std::optional<std::string>> LayeredTree::read(std::string_view path) const {
  std::vector<Node> way{root_};
  // The components that are still to be walked, the next one last.
  std::vector<std::string> rest = split(path, '/');
  std::ranges::reverse(rest);
  int links = 0;
  while (!rest.empty()) {
    const std::string name = std::move(rest.back());
    rest.pop_back();
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      if (way.size() > 1) way.pop_back();
      continue;
    }
    Entry entry = TRY(with_context(look_up(*way.back(), name), "{}", path));
    if (entry.folder) {
      way.push_back(std::move(entry.folder));
    } else if (entry.link) {
      if (++links > kMaxLinks) return fail(Code::invalid, "{}: too many symbolic links", path);
      if (entry.link->starts_with('/')) way.resize(1);
      auto target = split(*entry.link, '/');
      rest.insert(rest.end(), std::make_move_iterator(target.rbegin()), std::make_move_iterator(target.rend()));
    } else if (entry.file && rest.empty()) {
      return TRY(read_all(entry.file, path, 4u << 20));
    } else {
      break;
    }
  }
  return std::optional<std::string>();
}

}  // namespace gantry::engine
