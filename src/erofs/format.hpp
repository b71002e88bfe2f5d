#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

// EROFS on disk: Linux, Documentation/filesystems/erofs.rst ("On-disk details") and fs/erofs/erofs_fs.h. Of its
// features only those that erofs-utils 1.5 and Linux 5.17 know, but for zstd, which came with Linux 6.10.
namespace gantry::erofs {

/// An unsigned number as it lies on disk: little endian, at any address.
template <std::unsigned_integral T>
class Little {
 public:
  Little() = default;
  Little(T value) { *this = value; }
  Little& operator=(T value) {
    if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
    std::memcpy(bytes_, &value, sizeof value);
    return *this;
  }
  operator T() const {
    T value;
    std::memcpy(&value, bytes_, sizeof value);
    if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
    return value;
  }

 private:
  std::uint8_t bytes_[sizeof(T)] = {};
};

using Little16 = Little<std::uint16_t>;
using Little32 = Little<std::uint32_t>;
using Little64 = Little<std::uint64_t>;

inline constexpr unsigned kBlockBits = 12;
inline constexpr std::uint64_t kBlockSize = 1u << kBlockBits;
inline constexpr std::uint64_t kMaxBlocks = 0xffff'ffff;  ///< the highest block number means "none"
inline constexpr std::uint32_t kNoBlock = 0xffff'ffff;    ///< EROFS_NULL_ADDR: a hole
inline constexpr unsigned kInodeSlot = 32;                ///< an inode's number is its offset in units of this
inline constexpr std::size_t kMaxName = 255;
inline constexpr std::size_t kMaxSymlink = 4095;

constexpr std::uint64_t blocks_of(std::uint64_t bytes) { return (bytes >> kBlockBits) + (bytes % kBlockSize != 0); }
constexpr std::uint64_t round_up(std::uint64_t size, std::uint64_t unit) { return (size + unit - 1) / unit * unit; }

inline constexpr std::uint64_t kSuperBlockAt = 1024;
inline constexpr std::uint32_t kMagic = 0xe0f5e1e2;
inline constexpr std::uint32_t kCompatChecksum = 1;
inline constexpr std::uint32_t kCompatModificationTime = 2;  ///< the inodes' time is that of the last modification
inline constexpr std::uint32_t kIncompatZerosFirst = 1;      ///< compressed data ends with its last block
inline constexpr std::uint32_t kIncompatCompression = 2;     ///< records of algorithms; compressed data of many blocks
inline constexpr std::uint32_t kIncompatChunked = 4;
inline constexpr std::uint32_t kIncompatDevices = 8;       ///< some blocks are other files'
inline constexpr std::uint32_t kIncompatPackedTails = 16;  ///< compressed data behind inodes
inline constexpr std::uint32_t kIncompatOurs =
    kIncompatZerosFirst | kIncompatCompression | kIncompatChunked | kIncompatDevices | kIncompatPackedTails;

struct SuperBlock {
  Little32 magic;
  Little32 checksum;  ///< CRC-32C from here to the end of the block, with 0 in this field
  Little32 feature_compat;
  std::uint8_t block_bits = 0;
  std::uint8_t extension_slots = 0;
  Little16 root;
  Little64 inodes;
  Little64 build_time;
  Little32 build_time_nanoseconds;
  Little32 blocks;
  Little32 metadata_block;  ///< where inode 0 would lie
  Little32 xattr_block;
  std::uint8_t uuid[16] = {};
  std::uint8_t volume_name[16] = {};
  Little32 feature_incompat;
  Little16 compression;
  Little16 extra_devices;
  Little16 device_slot;  ///< where the table of devices lies, in units of a slot
  std::uint8_t directory_block_bits = 0;
  std::uint8_t xattr_prefix_count = 0;
  Little32 xattr_prefix_start;
  Little64 packed_inode;
  std::uint8_t reserved[24] = {};
};
static_assert(sizeof(SuperBlock) == 128);

/// Another file whose blocks have numbers in this image.
struct DeviceSlot {
  std::uint8_t tag[64] = {};  ///< a name for people
  Little32 blocks;
  Little32 place;  ///< the number of its first one
  std::uint8_t reserved[56] = {};
};
static_assert(sizeof(DeviceSlot) == 128);

/// How many there may be: what one block holds, which is the one behind the superblock.
inline constexpr std::size_t kMaxDevices = kBlockSize / sizeof(DeviceSlot);
inline constexpr std::uint64_t kDevicesAt = kBlockSize;

/// How a file's data lies in the image.
enum class Layout : std::uint16_t {
  plain = 0,        ///< consecutive blocks
  packed = 1,       ///< compressed, by a map of its blocks behind the inode
  inline_tail = 2,  ///< the same without the last, partial block, which lies behind the inode, in one block with it
  chunked = 4,      ///< equal chunks by a map of block numbers behind the inode
};

/// i_format: bit 0 says "extended", the layout is above it.
constexpr std::uint16_t inode_format(Layout layout) {
  return static_cast<std::uint16_t>(static_cast<std::uint16_t>(layout) << 1 | 1);
}

/// The extended form. The compact one has no owner above 65535 and no time of its own in Linux before 6.15.
struct Inode {
  Little16 format;
  Little16 xattr_count;  ///< 0, or 4-byte units of attributes behind the inode's first 12 bytes of them, plus 1
  Little16 mode;
  Little16 reserved1;
  Little64 size;
  Little32 place;   ///< number of the first block, of the device, the chunks' format, or how many blocks are packed
  Little32 number;  ///< for stat(2) of 32-bit programs
  Little32 uid;
  Little32 gid;
  Little64 mtime;  ///< signed seconds
  Little32 mtime_nanoseconds;
  Little32 links;
  std::uint8_t reserved2[16] = {};
};
static_assert(sizeof(Inode) == 64);

/// Chunks have `kBlockSize << bits` bytes, and 4-byte block numbers when no other flag is set.
inline constexpr std::uint32_t kChunkBitsMask = 0x1f;

/// By which data is compressed: h_algorithmtype, and bits of SuperBlock::compression.
enum class Algorithm : std::uint8_t { lz4 = 0, zstd = 3 };

/// Behind the superblock when the image has data by LZ4.
struct Lz4Record {
  Little16 size = 14;  ///< of what follows
  Little16 max_distance;
  Little16 max_blocks;  ///< that are compressed together, after that
  std::uint8_t reserved[10] = {};
};
static_assert(sizeof(Lz4Record) == 16);

/// The same for Zstandard.
struct ZstdRecord {
  Little16 size = 6;
  std::uint8_t format = 0;
  std::uint8_t window_bits = 0;  ///< less 10
  std::uint8_t reserved[4] = {};
};
static_assert(sizeof(ZstdRecord) == 8);

/// Behind the inode of a packed file, at a multiple of 8; after it come 8 bytes of nothing, then a Cluster for each
/// block of the file, and then what is inline.
struct MapHeader {
  Little16 reserved;
  Little16 inline_size;  ///< bytes of the last compressed data, with kMapInline
  Little16 flags;
  std::uint8_t algorithm = 0;
  std::uint8_t cluster_bits = 0;  ///< 0: clusters are blocks
};
static_assert(sizeof(MapHeader) == 8);
inline constexpr std::size_t kMapStart = sizeof(MapHeader) + 8;
inline constexpr std::uint16_t kMapManyBlocks = 2;  ///< compressed data may have several blocks
inline constexpr std::uint16_t kMapInline = 8;

/// What a block of a file's data is in the image.
struct Cluster {
  enum class Type : std::uint16_t { plain = 0, head = 1, rest = 2 };
  Little16 type;
  Little16 offset;  ///< of what begins here, in it
  Little32 place;   ///< the block; for the rest of what is compressed together kBlockCount or a distance
};
static_assert(sizeof(Cluster) == 8);
/// In the low half of the second cluster's place: its low bits say how many blocks the compressed data has. The other
/// ones have the distance to the first cluster there. The distance to the next head is in the high half.
inline constexpr std::uint32_t kBlockCount = 1u << 11;

/// new_encode_dev() of Linux.
constexpr std::uint32_t encode_device(std::uint32_t major, std::uint32_t minor) {
  return (minor & 0xff) | major << 8 | (minor & ~0xffu) << 12;
}

/// In front of an inode's attributes.
struct XattrHeader {
  Little32 name_filter;
  std::uint8_t shared_count = 0;
  std::uint8_t reserved[7] = {};
};
static_assert(sizeof(XattrHeader) == 12);

/// Name without prefix and value follow; then zeros up to a multiple of 4.
struct XattrEntry {
  std::uint8_t name_length = 0;
  std::uint8_t prefix = 0;
  Little16 value_size;
};
static_assert(sizeof(XattrEntry) == 4);

/// A block of a directory is an array of these and then the names. All names of the directory ascend as bytes.
struct DirectoryEntry {
  Little64 inode;
  Little16 name_offset;  ///< in the block; the first one tells the number of entries
  std::uint8_t type = 0;
  std::uint8_t reserved = 0;
};
static_assert(sizeof(DirectoryEntry) == 12);

/// FT_* of Linux.
enum class FileType : std::uint8_t { file = 1, directory = 2, character = 3, block = 4, fifo = 5, symlink = 7 };

}  // namespace gantry::erofs
