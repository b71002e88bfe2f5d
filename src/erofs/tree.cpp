#include "erofs/tree.hpp"

#include "archive/layer_path.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <cerrno>

namespace gantry::erofs {

namespace {

constexpr int kMaxFollowed = 40;        // MAXSYMLINKS of Linux
constexpr std::size_t kMaxPath = 4095;  // PATH_MAX without the NUL

/// A path of 4 kB makes 2048 folders, which are memory here: a small archive could ask for any amount of it.
constexpr std::uint64_t kMaxImplied = 256u << 10;

}  // namespace

/// One path's way from the root.
struct Tree::Walk {
  std::string_view path;
  int followed = 0;

  Error stop(int os_error) const { return Error::from_errno(os_error, fmt::format("open /{} in the root", path)); }
};

Tree::Tree(archive::Xattr opaque) : opaque_(std::move(opaque)) {
  nodes_.push_back({.links = 1, .type = FileType::directory});
  folders_.push_back({.attributes = {.mode = 0755}});
}

std::optional<NodeId> Tree::find(NodeId folder, std::string_view name) const {
  const auto& names = folder_of(folder).names;
  auto found = names.find(name);
  if (found == names.end()) return std::nullopt;
  return found->second;
}

/// Follows all of `path`, which may be a symlink's target, to a folder.
Result<NodeId> Tree::follow(Walk& walk, NodeId from, std::string path) const {
  NodeId at = from;
  for (std::size_t begin = 0; begin < path.size();) {
    if (path[begin] == '/') {
      // Only a target begins with one: what follows a name is skipped below.
      at = kRoot;
      ++begin;
      continue;
    }
    std::size_t end = std::min(path.find('/', begin), path.size());
    std::string_view part = std::string_view(path).substr(begin, end - begin);
    begin = std::min(path.find_first_not_of('/', end), path.size());
    if (part == ".") continue;
    if (part == "..") {
      at = folder_of(at).parent;
      continue;
    }
    if (part.size() > kMaxName) return walk.stop(ENAMETOOLONG);
    auto found = find(at, part);
    if (!found) return walk.stop(ENOENT);
    if (node(*found).type == FileType::symlink) {
      if (++walk.followed > kMaxFollowed) return walk.stop(ELOOP);
      path = targets_[node(*found).detail] + "/" + path.substr(begin);
      begin = 0;
      continue;
    }
    if (!is_folder(*found)) return walk.stop(ENOTDIR);
    at = *found;
  }
  return at;
}

Result<NodeId> Tree::existing_folder(std::string_view path) const {
  Walk walk{path};
  if (path.size() > kMaxPath) return walk.stop(ENAMETOOLONG);
  return follow(walk, kRoot, std::string(path));
}

Result<NodeId> Tree::open_folder(std::string_view path) const {
  if (path.empty()) return kRoot;
  Walk walk{path};
  if (path.size() > kMaxPath) return walk.stop(ENAMETOOLONG);
  auto [above, name] = archive::split_path(path);
  NodeId parent = TRY(follow(walk, kRoot, std::string(above)));
  auto found = find(parent, name);
  if (!found) return walk.stop(ENOENT);
  if (!is_folder(*found)) return walk.stop(ENOTDIR);
  return *found;
}

Result<NodeId> Tree::folder(std::string_view path) {
  if (last_path_ == path) return last_;
  Walk walk{path};
  if (path.size() > kMaxPath) return walk.stop(ENAMETOOLONG);
  NodeId at = kRoot;
  for (std::string_view rest = path; !rest.empty();) {
    auto [part, after, found] = cut(rest, '/');
    at = TRY(enter(walk, at, part));
    rest = after;
  }
  last_ = at;
  last_path_ = std::string(path);
  return at;
}

/// The folder that `name` leads to, made where there is nothing.
Result<NodeId> Tree::enter(Walk& walk, NodeId folder, std::string_view name) {
  auto found = find(folder, name);
  if (!found) {
    if (++implied_ > kMaxImplied)
      return fail(Code::invalid, "more than {} folders of the layer have no entry of their own", kMaxImplied);
    return add_folder(folder, name, 0755);
  }
  if (is_folder(*found)) return *found;
  if (node(*found).is_whiteout) return replace_whiteout(folder, name);
  auto followed = follow(walk, folder, std::string(name));
  int problem = followed ? 0 : followed.error().os_error();
  if (problem == ENOENT || problem == ENOTDIR) return fail(Code::invalid, "'{}' is not a folder", walk.path);
  return followed;
}

Result<NodeId> Tree::add(NodeId folder, std::string_view name, Node node) {
  NodeId id = static_cast<NodeId>(nodes_.size());
  nodes_.push_back(node);
  TRY(link(folder, name, id));
  return id;
}

Result<NodeId> Tree::add_symlink(NodeId folder, std::string_view name, Node node, std::string target) {
  node.detail = static_cast<std::uint32_t>(targets_.size());
  targets_.push_back(std::move(target));
  return add(folder, name, node);
}

Result<> Tree::link(NodeId folder, std::string_view name, NodeId node) {
  if (name.size() > kMaxName) return Error::from_errno(ENAMETOOLONG, fmt::format("name '{}'", name));
  folder_of(folder).names.emplace(name, node);
  ++nodes_[node].links;
  return {};
}

Result<NodeId> Tree::add_folder(NodeId parent, std::string_view name, unsigned mode) {
  NodeId id =
      TRY(add(parent, name, {.detail = static_cast<std::uint32_t>(folders_.size()), .type = FileType::directory}));
  folders_.push_back({.node = id, .parent = parent, .attributes = {.mode = mode}});
  ++folder_of(parent).folders;
  return id;
}

Result<> Tree::make_folder(NodeId folder, std::string_view name) {
  auto found = find(folder, name);
  if (found && is_folder(*found)) return {};
  if (found && node(*found).is_whiteout) {
    TRY(replace_whiteout(folder, name));
    return {};
  }
  if (found) remove(folder, name);
  TRY(add_folder(folder, name, 0700));
  return {};
}

/// The layer hides a name of lower layers and has a folder there itself: an opaque folder.
Result<NodeId> Tree::replace_whiteout(NodeId folder, std::string_view name) {
  remove(folder, name);
  NodeId made = TRY(add_folder(folder, name, 0755));
  set_opaque(made);
  return made;
}

void Tree::remove(NodeId folder, std::string_view name) {
  last_path_.reset();
  auto& names = folder_of(folder).names;
  auto found = names.find(name);
  std::vector<NodeId> doomed{found->second};
  if (is_folder(found->second)) --folder_of(folder).folders;
  names.erase(found);
  // A list and no recursion: a hostile layer's folders can be deeper than the stack.
  while (!doomed.empty()) {
    NodeId id = doomed.back();
    doomed.pop_back();
    --nodes_[id].links;
    if (!is_folder(id)) continue;
    for (const auto& [below, child] : folder_of(id).names) doomed.push_back(child);
    folder_of(id).names.clear();
  }
}

void Tree::set_opaque(NodeId folder) { set_xattr(folder_of(folder).attributes.xattrs, opaque_); }

}  // namespace gantry::erofs
