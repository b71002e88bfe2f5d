#include "erofs/write_layer.hpp"

#include "archive/layer_path.hpp"
#include "erofs/checksum.hpp"
#include "erofs/directories.hpp"
#include "erofs/file_body.hpp"
#include "erofs/inode_store.hpp"
#include "erofs/packed_body.hpp"
#include "erofs/tree.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace gantry::erofs {

namespace {

using archive::Entry;
using archive::Kind;
using archive::Whiteout;

FileType type_of(Kind kind) {
  switch (kind) {
    case Kind::character:
      return FileType::character;
    case Kind::block:
      return FileType::block;
    case Kind::fifo:
      return FileType::fifo;
    case Kind::symlink:
      return FileType::symlink;
    case Kind::directory:
      return FileType::directory;
    case Kind::file:
    case Kind::hardlink:
      break;
  }
  return FileType::file;
}

class LayerWriter {
 public:
  LayerWriter(Source& tar, const Fd& out, const LayerImageOptions& options)
      : reader_(tar, options.end),
        options_(options),
        image_(out),
        inodes_(image_),
        shared_(options.index != nullptr
                    ? std::optional<SharedPieces>(std::in_place, image_, options.compression, options.donors)
                    : std::nullopt),
        pieces_(image_, options.compression, shared_ ? &*shared_ : nullptr),
        tree_({options.user_xattr ? "user.overlay.opaque" : "trusted.overlay.opaque", "y"}) {}

  Result<archive::Extracted> run() {
    TRY(image_.append_zeros(kBlockSize));  // of the superblock
    if (!options_.donors.empty()) TRY(image_.append_zeros(kDevicesAt + kBlockSize - image_.position()));
    while (auto entry = TRY(reader_.next())) {
      if (++totals_.entries > options_.max_entries)
        return fail(Code::no_space, "the layer has more than the {} entries allowed", options_.max_entries);
      TRY(with_context(add(*entry), "unpack '{}'", entry->path));
    }
    TRY(inodes_.finish());
    TRY(set_folder_attributes());
    auto root = TRY(write_directories(tree_, image_));
    TRY(count_links());
    TRY(image_.finish());
    if (shared_) TRY(shared_->write_index(*options_.index));
    if (shared_) TRY(write_devices(shared_->devices()));
    TRY(write_super_block(root));
    return totals_;
  }

 private:
  Result<> add(Entry& entry);
  Result<> add_whiteout(const Whiteout& whiteout);
  Result<> add_node(NodeId folder, std::string_view name, Entry& entry);
  Result<> add_file(NodeId folder, std::string_view name, const Entry& entry);
  Result<> add_link(NodeId folder, std::string_view name, const Entry& entry);
  Result<> add_symlink(NodeId folder, std::string_view name, Entry& entry);
  Result<> add_special(NodeId folder, std::string_view name, const Entry& entry);

  Result<std::unique_ptr<FileBody>> make_body(const Entry& entry, std::size_t xattrs);
  Result<Content> write_body(FileBody& body);
  Result<std::uint64_t> store(const Attributes& attributes, const Content& content, Bytes xattrs, Bytes behind);
  void make_way(NodeId folder, std::string_view name) {
    if (tree_.find(folder, name)) tree_.remove(folder, name);
  }

  Result<> set_folder_attributes();
  Result<> count_links();
  Result<> write_devices(const std::vector<DeviceSlot>& devices);
  std::vector<std::byte> announce_compression(SuperBlock& super) const;
  Result<> write_super_block(Bytes root);

  archive::TarReader reader_;
  const LayerImageOptions& options_;
  ImageFile image_;
  InodeStore inodes_;
  std::optional<SharedPieces> shared_;
  PieceWriter pieces_;
  Tree tree_;
  /// By path, as symlinks on the way may change: they are followed at the end.
  std::map<std::string, Attributes> folders_;
  archive::Extracted totals_;
  bool has_chunks_ = false;
  std::size_t devices_ = 0;
  std::vector<std::byte> item_;  ///< of store()
};

Result<> LayerWriter::add(Entry& entry) {
  std::string path = TRY(archive::clean_entry_path(entry.path));
  Whiteout whiteout = TRY(archive::whiteout_of(path));
  if (whiteout.type != Whiteout::Type::none) return add_whiteout(whiteout);
  bool is_device = entry.kind == Kind::character || entry.kind == Kind::block;
  if (is_device && options_.ignore_devices) return {};
  if (path.empty()) {
    if (entry.kind != Kind::directory) return fail(Code::invalid, "the layer's root can only be a folder");
  } else {
    auto [above, name] = archive::split_path(path);
    NodeId folder = TRY(tree_.folder(above));
    if (entry.kind != Kind::directory) return add_node(folder, name, entry);
    TRY(tree_.make_folder(folder, name));
  }
  folders_.insert_or_assign(std::move(path), TRY(attributes_of(entry)));
  return {};
}

Result<> LayerWriter::add_whiteout(const Whiteout& whiteout) {
  if (whiteout.type == Whiteout::Type::metadata) return {};
  if (whiteout.type == Whiteout::Type::opaque) {
    tree_.set_opaque(TRY(tree_.folder(whiteout.path)));
    return {};
  }
  auto [above, name] = archive::split_path(whiteout.path);
  NodeId folder = TRY(tree_.folder(above));
  if (auto found = tree_.find(folder, name)) {
    // A whiteout speaks of lower layers only. This layer's own file hides theirs by itself, its own folder does not.
    if (tree_.is_folder(*found)) tree_.set_opaque(*found);
    return {};
  }
  Content content{.type = FileType::character};
  std::uint64_t inode = TRY(store({}, content, {}, {}));
  TRY(tree_.add(folder, name, {.inode = inode, .type = FileType::character, .is_whiteout = true}));
  return {};
}

Result<> LayerWriter::add_node(NodeId folder, std::string_view name, Entry& entry) {
  switch (entry.kind) {
    case Kind::file:
      return add_file(folder, name, entry);
    case Kind::hardlink:
      return add_link(folder, name, entry);
    case Kind::symlink:
      return add_symlink(folder, name, entry);
    default:
      return add_special(folder, name, entry);
  }
}

Result<> LayerWriter::add_file(NodeId folder, std::string_view name, const Entry& entry) {
  auto attributes = TRY(attributes_of(entry));
  auto xattrs = TRY(encode_xattrs(attributes.xattrs));
  auto body = TRY(make_body(entry, xattrs.size()));
  Content content = TRY(write_body(*body));
  std::uint64_t inode = TRY(store(attributes, content, xattrs, body->behind()));
  has_chunks_ |= content.layout == Layout::chunked;
  make_way(folder, name);
  TRY(tree_.add(folder, name, {.inode = inode}));
  return {};
}

Result<std::unique_ptr<FileBody>> LayerWriter::make_body(const Entry& entry, std::size_t xattrs) {
  if (is_worth_chunks(entry)) return std::make_unique<ChunkedBody>(TRY(ChunkedBody::make(image_, entry.size)));
  if ((options_.compression || shared_) && entry.size <= PackedBody::kMaxSize)
    return std::make_unique<PackedBody>(pieces_, entry.size, xattrs);
  return std::make_unique<FlatBody>(image_, FileType::file, entry.size, xattrs);
}

Result<Content> LayerWriter::write_body(FileBody& body) {
  while (true) {
    auto [offset, data] = TRY(reader_.piece());
    if (data.empty()) return body.finish();
    totals_.bytes += data.size();
    if (totals_.bytes > options_.max_bytes)
      return fail(Code::no_space, "the layer holds more than the {} bytes allowed", options_.max_bytes);
    TRY(body.write(offset, data));
  }
}

Result<> LayerWriter::add_link(NodeId folder, std::string_view name, const Entry& entry) {
  std::string target = TRY(archive::clean_entry_path(entry.link));
  auto [above, target_name] = archive::split_path(target);
  auto stop = [&](int os_error) { return Error::from_errno(os_error, fmt::format("link to '{}'", entry.link)); };
  if (target_name.empty()) return fail(Code::invalid, "link to '{}': it links to the layer's root", entry.link);
  // A link to a symlink is one more name of the symlink.
  NodeId from = TRY(with_context(tree_.existing_folder(above), "link to '{}'", entry.link));
  auto linked = tree_.find(from, target_name);
  if (!linked) return stop(ENOENT);
  if (tree_.find(folder, name) == linked) return {};
  make_way(folder, name);
  // What gave way may have been a folder with the target in it.
  if (tree_.node(*linked).links == 0 || tree_.node(from).links == 0) return stop(ENOENT);
  if (tree_.is_folder(*linked)) return stop(EPERM);
  return tree_.link(folder, name, *linked);
}

Result<> LayerWriter::add_symlink(NodeId folder, std::string_view name, Entry& entry) {
  if (entry.link.empty() || entry.link.size() > kMaxSymlink)
    return Error::from_errno(entry.link.empty() ? ENOENT : ENAMETOOLONG, "create it");
  auto attributes = TRY(attributes_of(entry));
  FlatBody body(image_, FileType::symlink, entry.link.size(), 0);
  TRY(body.write(0, as_bytes(entry.link)));
  Content content = TRY(body.finish());
  std::uint64_t inode = TRY(store(attributes, content, {}, body.behind()));
  make_way(folder, name);
  TRY(tree_.add_symlink(folder, name, {.inode = inode, .type = FileType::symlink}, std::move(entry.link)));
  return {};
}

Result<> LayerWriter::add_special(NodeId folder, std::string_view name, const Entry& entry) {
  // What does not fit would become another device.
  if (entry.major > 0xfff || entry.minor > 0xfffff)
    return fail(Code::invalid, "device number {}:{} is out of range", entry.major, entry.minor);
  Content content{.type = type_of(entry.kind), .place = encode_device(entry.major, entry.minor)};
  auto attributes = TRY(attributes_of(entry));
  std::uint64_t inode = TRY(store(attributes, content, {}, {}));
  make_way(folder, name);
  bool is_whiteout = entry.kind == Kind::character && content.place == 0;
  TRY(tree_.add(folder, name, {.inode = inode, .type = content.type, .is_whiteout = is_whiteout}));
  return {};
}

/// The inode's number.
Result<std::uint64_t> LayerWriter::store(const Attributes& attributes, const Content& content, Bytes xattrs,
                                         Bytes behind) {
  Inode inode = make_inode(attributes, content, 1, xattrs);
  item_.clear();
  for (Bytes part : {std::as_bytes(std::span(&inode, 1)), xattrs, behind})
    item_.insert(item_.end(), part.begin(), part.end());
  return inodes_.add(item_);
}

Result<> LayerWriter::set_folder_attributes() {
  // In the order of archive::extract(): of several paths to one folder the first one by name counts.
  for (auto at = folders_.rbegin(); at != folders_.rend(); ++at) {
    auto folder = tree_.open_folder(at->first);
    // Something else has taken its place since.
    if (!folder && (folder.error().os_error() == ENOENT || folder.error().os_error() == ENOTDIR ||
                    folder.error().os_error() == ELOOP))
      continue;
    Attributes& attributes = tree_.folder_of(TRY(std::move(folder))).attributes;
    auto xattrs = std::move(attributes.xattrs);
    for (auto& xattr : at->second.xattrs) set_xattr(xattrs, std::move(xattr));
    attributes = std::move(at->second);
    attributes.xattrs = std::move(xattrs);
  }
  return {};
}

/// Inodes were written when they had one name.
Result<> LayerWriter::count_links() {
  for (const Node& node : tree_.nodes()) {
    if (node.links < 2) continue;
    Little32 links(node.links);
    TRY(image_.patch(node.inode * kInodeSlot + offsetof(Inode, links), std::as_bytes(std::span(&links, 1))));
  }
  return {};
}

Result<> LayerWriter::write_devices(const std::vector<DeviceSlot>& devices) {
  devices_ = devices.size();
  if (devices.empty()) return {};
  return image_.patch(kDevicesAt, std::as_bytes(std::span(devices)));
}

/// Says by what files are compressed. What is behind the superblock for that.
std::vector<std::byte> LayerWriter::announce_compression(SuperBlock& super) const {
  if (!options_.compression) return {};
  super.feature_incompat = super.feature_incompat | kIncompatZerosFirst | kIncompatCompression | kIncompatPackedTails;
  super.compression = static_cast<std::uint16_t>(1u << static_cast<unsigned>(*options_.compression));
  auto bytes_of = [](const auto& record) {
    Bytes bytes = std::as_bytes(std::span(&record, 1));
    return std::vector<std::byte>(bytes.begin(), bytes.end());
  };
  if (*options_.compression == Algorithm::lz4) {
    Lz4Record record;
    record.max_blocks = kPieceBlocks;
    return bytes_of(record);
  }
  ZstdRecord record;
  record.window_bits = std::countr_zero(kPieceSize) - 10;
  return bytes_of(record);
}

/// Last of all: what was not finished is no image.
Result<> LayerWriter::write_super_block(Bytes root) {
  SuperBlock super;
  super.magic = kMagic;
  super.feature_compat = kCompatChecksum | kCompatModificationTime;
  super.feature_incompat = has_chunks_ ? kIncompatChunked : 0;
  if (devices_ > 0) super.feature_incompat = super.feature_incompat | kIncompatDevices;
  super.extra_devices = static_cast<std::uint16_t>(devices_);
  super.device_slot = static_cast<std::uint16_t>(devices_ > 0 ? kDevicesAt / sizeof(DeviceSlot) : 0);
  super.block_bits = kBlockBits;
  super.root = kRootAt / kInodeSlot;
  super.inodes = static_cast<std::uint64_t>(std::ranges::count_if(tree_.nodes(), &Node::links));
  auto records = announce_compression(super);
  super.blocks = image_.block();
  std::ranges::copy(options_.uuid, super.uuid);

  std::array<std::byte, kBlockSize> block{};
  auto put_super = [&] { std::memcpy(block.data() + kSuperBlockAt, &super, sizeof super); };
  put_super();
  std::ranges::copy(records, block.begin() + kSuperBlockAt + sizeof super);
  std::ranges::copy(root, block.begin() + kRootAt);
  super.checksum = crc32c(Bytes(block).subspan(kSuperBlockAt));
  put_super();
  return image_.patch(0, block);
}

}  // namespace

Result<archive::Extracted> write_layer(Source& tar, const Fd& out, const LayerImageOptions& options) {
  return LayerWriter(tar, out, options).run();
}

}  // namespace gantry::erofs
