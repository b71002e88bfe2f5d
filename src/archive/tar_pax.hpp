#pragma once

#include "archive/entry.hpp"
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The records of pax extended headers: "<length> <key>=<value>\n".
// Sources: POSIX.1-2017 pax, "pax Extended Header"; GNU tar manual, "Storing Sparse Files"; star(5) for SCHILY.*.
namespace gantry::archive {

/// Longest path, link or owner's name that is believed: four times what the kernel takes.
inline constexpr std::size_t kMaxName = 16384;
/// Pieces of one sparse file.
inline constexpr std::size_t kMaxExtents = 1u << 20;

/// What the extended headers before an entry say about it; the plain header's fields hold where these are absent.
struct PaxRecords {
  std::optional<std::string> path, link, user, group;
  std::optional<std::uint64_t> uid, gid, size;
  std::optional<Timestamp> mtime, atime;
  std::vector<Xattr> xattrs;

  std::optional<std::string> sparse_name;    ///< real path of a sparse file (0.1, 1.0)
  std::optional<std::uint64_t> sparse_size;  ///< its size with the holes
  std::optional<std::uint64_t> sparse_major, sparse_minor;
  std::optional<std::vector<Extent>> sparse_map;  ///< 0.0, 0.1; the map of 1.0 stands before the data
  std::optional<std::uint64_t> open_offset;       ///< 0.0: an offset that still waits for its length

  /// Applies the records of one extended header over those that are there. An empty value takes a record away.
  Result<> parse(std::string_view records);

 private:
  Result<> apply(std::string_view key, std::string_view value);
  Result<> apply_sparse(std::string_view key, std::string_view value);
  Result<> set_xattr(std::string name, std::string value);
};

/// Nanoseconds of "1234567890.123456789", with sign and any number of fraction figures.
Result<Timestamp> parse_pax_time(std::string_view text);
std::string format_pax_time(Timestamp time);

/// One record with its length in front.
std::string pax_record(std::string_view key, std::string_view value);

}  // namespace gantry::archive
