#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <span>
#include <string_view>

// The block layout of tar archives that the reader and the writer share.
// Sources: POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar 1.34 manual, "Basic Tar Format".
namespace gantry::archive {

inline constexpr std::size_t kBlock = 512;

/// Bytes from `size` up to the next block.
inline constexpr std::uint64_t padding_of(std::uint64_t size) { return (kBlock - size % kBlock) % kBlock; }

struct TarHeader {
  char name[100];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char link[100];
  char magic[6];
  char version[2];
  char user[32];
  char group[32];
  char major[8];
  char minor[8];
  char prefix[155];
  char unused[12];
};
static_assert(sizeof(TarHeader) == kBlock);

struct GnuExtent {
  char offset[12];
  char length[12];
};

/// What GNU tar keeps in place of `prefix` in an old sparse header (type 'S').
struct GnuTail {
  char atime[12];
  char ctime[12];
  char volume_offset[12];
  char long_names[4];
  char unused;
  GnuExtent extents[4];
  char is_extended;
  char real_size[12];
};
inline constexpr std::size_t kGnuTailAt = 345;
static_assert(kGnuTailAt + sizeof(GnuTail) <= kBlock);

/// Follows an old sparse header that is extended.
struct GnuExtension {
  GnuExtent extents[21];
  char is_extended;
  char unused[7];
};
static_assert(sizeof(GnuExtension) == kBlock);

/// A fixed field up to its first NUL.
std::string_view field_text(std::span<const char> field);

/// Octal text, or GNU's base-256 when the first bit is set. An empty field is 0.
Result<std::int64_t> field_number(std::span<const char> field);
/// As field_number; a negative number is an error.
Result<std::uint64_t> field_unsigned(std::span<const char> field);

/// True when the sum of the header's bytes is the one it names. Old writers summed signed chars: both are right.
bool checksum_matches(const TarHeader& header);

/// Writes octal with a closing NUL; false when the number does not fit.
bool put_octal(std::span<char> field, std::uint64_t number);
/// Fills in the checksum of a header that is complete.
void put_checksum(TarHeader& header);

}  // namespace gantry::archive
