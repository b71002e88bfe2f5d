#pragma once

#include "archive/entry.hpp"
#include "archive/tar_format.hpp"
#include "base/result.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace gantry::archive {

/// The next block of the archive, or an error at its end.
using NextBlock = std::function<Result<const std::byte*>()>;

/// The pieces of an old sparse header (type 'S') and of the extension blocks that follow it.
Result<std::vector<Extent>> read_gnu_sparse(const GnuTail& tail, const NextBlock& next);

/// The map of pax format 1.0: decimal lines before the data, count first, in whole blocks.
Result<std::vector<Extent>> read_sparse_lines(const NextBlock& next);
/// The same map as text, padded to whole blocks.
std::string sparse_lines(const std::vector<Extent>& extents);

/// Ascending, not overlapping, within `size`, and together exactly `stored` bytes.
Result<> check_extents(const std::vector<Extent>& extents, std::uint64_t size, std::uint64_t stored);

}  // namespace gantry::archive
