#pragma once

#include "base/stream.hpp"
#include "oci/media_types.hpp"

#include <string_view>

namespace gantry::archive {

using oci::Compression;

/// "none", "gzip", "zstd"
std::string_view name_of(Compression compression);

/// How many first bytes detect_compression() wants to see.
inline constexpr std::size_t kDetect = 4;
/// By the magic bytes (RFC 1952, RFC 8878); a zstd stream may begin with a skippable frame.
Compression detect_compression(Bytes head);

}  // namespace gantry::archive
