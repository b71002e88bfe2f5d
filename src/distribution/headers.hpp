#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gantry::distribution {

// Headers of registries' answers. All of it is hostile: what cannot be understood is nothing.

/// The target of `<URL>; rel="next"` in a Link header (RFC 8288), which may have several; empty when there is none.
std::string_view next_link(std::string_view header);

/// 100 of the Content-Range "bytes 100-199/200" (RFC 9110, section 14.4).
std::optional<std::uint64_t> range_start(std::string_view content_range);

/// How many bytes an upload has, of the Range "0-199" or "bytes=0-199" (distribution-spec, "Pushing a blob in chunks").
std::uint64_t bytes_received(std::string_view range);

}  // namespace gantry::distribution
