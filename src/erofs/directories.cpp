#include "erofs/directories.hpp"

#include <algorithm>

namespace gantry::erofs {

namespace {

struct Name {
  std::string_view text;
  NodeId node = 0;
};

/// Ascending, with "." and "..", which are names like others to the kernel.
std::vector<Name> names_of(const Folder& folder) {
  std::vector<Name> names;
  names.reserve(folder.names.size() + 2);
  for (const auto& [text, node] : folder.names) names.push_back({text, node});
  for (Name dots : {Name{".", folder.node}, Name{"..", folder.parent}})
    names.insert(std::ranges::upper_bound(names, dots.text, {}, &Name::text), dots);
  return names;
}

std::size_t size_of(const Name& name) { return sizeof(DirectoryEntry) + name.text.size(); }

/// The names that fit into the block that begins with `first`.
std::span<const Name> block_from(std::span<const Name> names) {
  std::size_t used = 0;
  std::size_t count = 0;
  while (count < names.size() && used + size_of(names[count]) <= kBlockSize) used += size_of(names[count++]);
  return names.first(count);
}

std::uint64_t size_of(std::span<const Name> names) {
  std::uint64_t size = 0;
  while (true) {
    auto block = block_from(names);
    names = names.subspan(block.size());
    if (!names.empty()) {
      size += kBlockSize;
      continue;
    }
    for (const Name& name : block) size += size_of(name);
    return size;
  }
}

void encode_block(std::span<const Name> names, const Tree& tree, std::span<std::byte> block) {
  std::size_t entry_at = 0;
  std::size_t name_at = names.size() * sizeof(DirectoryEntry);
  for (const Name& name : names) {
    const Node& node = tree.node(name.node);
    DirectoryEntry entry;
    entry.inode = node.inode;
    entry.name_offset = static_cast<std::uint16_t>(name_at);
    entry.type = static_cast<std::uint8_t>(node.type);
    std::memcpy(block.data() + entry_at, &entry, sizeof entry);
    std::memcpy(block.data() + name_at, name.text.data(), name.text.size());
    entry_at += sizeof entry;
    name_at += name.text.size();
  }
}

/// Whole blocks but for the last one.
std::vector<std::byte> encode(const Folder& folder, const Tree& tree, std::uint64_t size) {
  std::vector<std::byte> bytes(size);
  auto names = names_of(folder);
  std::span<const Name> rest(names);
  for (std::size_t at = 0; !rest.empty(); at += kBlockSize) {
    auto block = block_from(rest);
    encode_block(block, tree, std::span(bytes).subspan(at, std::min<std::size_t>(kBlockSize, size - at)));
    rest = rest.subspan(block.size());
  }
  return bytes;
}

class DirectoryWriter {
 public:
  DirectoryWriter(Tree& tree, ImageFile& image) : tree_(tree), image_(image) {}

  Result<std::vector<std::byte>> run() {
    TRY(plan_blocks());
    TRY(plan_inodes());
    TRY(write_blocks());
    TRY(write_inodes());
    return item(places_.front());
  }

 private:
  struct Place {
    const Folder* folder = nullptr;
    Content content;
    std::uint64_t in_blocks = 0;  ///< bytes of names before the tail
    std::uint64_t at = 0;         ///< of the inode
    std::size_t length = 0;       ///< of the inode and what lies behind it
  };

  /// A folder names its parent and its children, so all numbers must be known before the first is written.
  Result<> plan_blocks();
  Result<Place> plan_folder(const Folder& folder, std::size_t room);
  Result<> plan_inodes();
  Result<> write_blocks();
  Result<> write_inodes();
  Result<std::vector<std::byte>> item(const Place& place);

  Tree& tree_;
  ImageFile& image_;
  std::vector<Place> places_;  ///< of the living ones; the root is the first
  std::uint64_t block_ = 0;    ///< behind all blocks of names
};

Result<DirectoryWriter::Place> DirectoryWriter::plan_folder(const Folder& folder, std::size_t room) {
  std::size_t head = sizeof(Inode) + TRY(encode_xattrs(folder.attributes.xattrs)).size();
  Place place{.folder = &folder, .content = {.type = FileType::directory}, .length = head};
  auto names = names_of(folder);
  place.content.size = size_of(std::span<const Name>(names));
  std::size_t tail = place.content.size % kBlockSize;
  place.in_blocks = place.content.size;
  if (tail > 0 && head + tail <= room) {
    place.content.layout = Layout::inline_tail;
    place.in_blocks -= tail;
    place.length += tail;
  }
  return place;
}

Result<> DirectoryWriter::plan_blocks() {
  block_ = image_.block();
  for (const Folder& folder : tree_.folders()) {
    if (tree_.node(folder.node).links == 0) continue;
    Place place = TRY(plan_folder(folder, folder.node == Tree::kRoot ? kBlockSize - kRootAt : kBlockSize));
    // The image refuses to grow as far as this could overflow.
    place.content.place = static_cast<std::uint32_t>(block_);
    block_ += blocks_of(place.in_blocks);
    places_.push_back(place);
  }
  return {};
}

Result<> DirectoryWriter::plan_inodes() {
  places_.front().at = kRootAt;
  if (places_.front().length > kBlockSize - kRootAt)
    return fail(Code::unsupported, "the attributes of the layer's root are too long");
  std::uint64_t at = block_ << kBlockBits;
  for (Place& place : std::span(places_).subspan(1)) {
    if (at % kBlockSize + place.length > kBlockSize) at = round_up(at, kBlockSize);
    place.at = at;
    at += round_up(place.length, kInodeSlot);
  }
  for (const Place& place : places_) tree_.node(place.folder->node).inode = place.at / kInodeSlot;
  return {};
}

Result<> DirectoryWriter::write_blocks() {
  for (const Place& place : places_) {
    if (place.in_blocks == 0) continue;
    auto names = encode(*place.folder, tree_, place.content.size);
    TRY(image_.append(Bytes(names).first(place.in_blocks)));
    TRY(image_.fill_block());
  }
  return {};
}

Result<> DirectoryWriter::write_inodes() {
  for (const Place& place : std::span(places_).subspan(1)) {
    TRY(image_.append_zeros(place.at - image_.position()));
    TRY(image_.append(TRY(item(place))));
  }
  return image_.fill_block();
}

Result<std::vector<std::byte>> DirectoryWriter::item(const Place& place) {
  const Attributes& attributes = place.folder->attributes;
  auto xattrs = TRY(encode_xattrs(attributes.xattrs));
  Inode inode = make_inode(attributes, place.content, place.folder->folders + 2, xattrs);
  std::vector<std::byte> bytes;
  bytes.reserve(place.length);
  auto add = [&](Bytes more) { bytes.insert(bytes.end(), more.begin(), more.end()); };
  add(std::as_bytes(std::span(&inode, 1)));
  add(xattrs);
  if (bytes.size() < place.length)
    add(Bytes(encode(*place.folder, tree_, place.content.size)).subspan(place.in_blocks));
  return bytes;
}

}  // namespace

Result<std::vector<std::byte>> write_directories(Tree& tree, ImageFile& image) {
  return DirectoryWriter(tree, image).run();
}

}  // namespace gantry::erofs
