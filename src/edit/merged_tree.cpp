#include "edit/merged_tree.hpp"

#include "archive/layer_path.hpp"
#include "base/text.hpp"

#include <utility>

namespace gantry::edit {

namespace {

using archive::Kind;

constexpr std::size_t kMaxNames = 4u << 20;
constexpr int kMaxLinks = 40;  // as the kernel

bool is_folder(const MergedNode& node) { return node.file != nullptr && node.file->entry.kind == Kind::directory; }

/// Pushes the parts of a path so that the first is on top.
void push_parts(std::vector<std::string>& rest, std::string_view path) {
  auto parts = split(path, '/');
  rest.insert(rest.end(), std::make_move_iterator(parts.rbegin()), std::make_move_iterator(parts.rend()));
}

}  // namespace

const MergedNode* MergedTree::find(const std::string& path) const {
  auto found = nodes_.find(path);
  return found == nodes_.end() ? nullptr : &found->second;
}

Result<std::string> MergedTree::resolve(std::string_view path) const {
  std::vector<std::string> rest;
  push_parts(rest, path);
  std::string at;
  int links = 0;
  while (!rest.empty()) {
    std::string part = std::move(rest.back());
    rest.pop_back();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      at = archive::split_path(at).folder;
      continue;
    }
    std::string next = archive::join_path(at, part);
    const MergedNode* node = find(next);
    if (node == nullptr || node->file == nullptr || node->file->entry.kind != Kind::symlink) {
      at = std::move(next);
      continue;
    }
    if (++links > kMaxLinks) return fail(Code::invalid, "'{}' leads through too many symbolic links", path);
    const std::string& target = node->file->entry.link;
    if (target.starts_with('/')) at.clear();
    push_parts(rest, target);
  }
  return at;
}

/// Where a name is, its folder's symlinks being followed and itself not.
Result<std::string> MergedTree::place(std::string_view path) const {
  auto [folder, name] = archive::split_path(path);
  return archive::join_path(TRY(resolve(folder)), name);
}

Result<std::string> MergedTree::place_with_folders(std::string_view path) {
  std::string at = TRY(place(path));
  make_folders(std::string(archive::split_path(at).folder));
  return at;
}

void MergedTree::make_folders(const std::string& path) {
  if (path.empty()) return;
  if (const MergedNode* node = find(path); node != nullptr && is_folder(*node)) return;
  make_folders(std::string(archive::split_path(path).folder));
  auto folder = std::make_shared<MergedFile>();
  folder->entry.path = path;
  folder->entry.kind = Kind::directory;
  folder->entry.mode = 0755;
  folder->layer = layer_;
  folder->is_implied = true;
  put_folder(path, std::move(folder));
}

/// A folder that takes the place of a folder keeps what is in it. In the place of anything else it hides what layers
/// below have, as that did.
void MergedTree::put_folder(const std::string& path, std::shared_ptr<const MergedFile> file) {
  auto [node, is_new] = nodes_.try_emplace(path);
  if (!is_new && !is_folder(node->second)) node->second.is_opaque = true;
  node->second.file = std::move(file);
}

void MergedTree::erase_below(const std::string& path) {
  // '0' is the character after '/'.
  auto first = path.empty() ? nodes_.begin() : nodes_.lower_bound(path + "/");
  auto last = path.empty() ? nodes_.end() : nodes_.lower_bound(path + "0");
  nodes_.erase(first, last);
}

Result<> MergedTree::hide(const std::string& path) {
  std::string at = TRY(place_with_folders(path));
  erase_below(at);
  nodes_[at] = {};
  return {};
}

Result<> MergedTree::clear(const std::string& path) {
  std::string at = TRY(resolve(path));
  make_folders(at);
  erase_below(at);
  if (!at.empty()) nodes_[at].is_opaque = true;
  return {};
}

Result<> MergedTree::add(archive::Entry entry) {
  std::string path = TRY(archive::clean_entry_path(entry.path));
  if (path.empty()) {
    if (entry.kind != Kind::directory) return fail(Code::invalid, "the layer's root can only be a folder");
    return {};
  }
  path = TRY(place_with_folders(path));
  if (entry.kind == Kind::hardlink) return add_link(path, entry);
  bool is_directory = entry.kind == Kind::directory;
  auto file = std::make_shared<MergedFile>();
  file->entry = std::move(entry);
  file->entry.path = path;
  file->layer = layer_;
  if (is_directory) {
    put_folder(path, std::move(file));
  } else {
    erase_below(path);
    nodes_[path] = {.file = std::move(file)};
  }
  return {};
}

Result<> MergedTree::add_link(const std::string& path, const archive::Entry& entry) {
  std::string target = TRY(place(TRY(archive::clean_entry_path(entry.link))));
  const MergedNode* node = find(target);
  if (node == nullptr || node->file == nullptr || is_folder(*node))
    return fail(Code::corrupt, "it links to '{}', which is no file", entry.link);
  auto file = node->file;
  erase_below(path);
  nodes_[path] = {.file = std::move(file)};
  return {};
}

Result<> MergedTree::apply(Source& tar) {
  archive::TarReader reader(tar, archive::EndMarker::optional);
  // Whiteouts speak of what is below this layer, whichever comes first in it.
  std::vector<archive::Entry> entries;
  while (auto entry = TRY(reader.next())) {
    if (entries.size() + nodes_.size() > kMaxNames)
      return fail(Code::invalid, "the layers hold more than {} names", kMaxNames);
    std::string path = TRY(with_context(archive::clean_entry_path(entry->path), "'{}'", entry->path));
    auto whiteout = TRY(with_context(archive::whiteout_of(path), "'{}'", entry->path));
    switch (whiteout.type) {
      case archive::Whiteout::Type::hide:
        TRY(with_context(hide(whiteout.path), "'{}'", entry->path));
        break;
      case archive::Whiteout::Type::opaque:
        TRY(with_context(clear(whiteout.path), "'{}'", entry->path));
        break;
      case archive::Whiteout::Type::none:
        entries.push_back(std::move(*entry));
        break;
      case archive::Whiteout::Type::metadata:
        break;
    }
  }
  for (auto& entry : entries) {
    std::string path = entry.path;
    TRY(with_context(add(std::move(entry)), "'{}'", path));
  }
  ++layer_;
  return {};
}

}  // namespace gantry::edit
