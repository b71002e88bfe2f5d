#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gantry::registry {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t size = 0;
  bool operator==(const ByteRange&) const = default;
};

enum class RangeKind : std::uint8_t {
  whole,  ///< no range, or one to be passed over (RFC 9110, 14.2): all of it
  part,
  unsatisfiable,  ///< it begins behind the end
};
struct RangeAnswer {
  RangeKind kind = RangeKind::whole;
  ByteRange range;
};
/// A request's field Range for something of `size` bytes. Several ranges in one field count as none.
RangeAnswer parse_range(std::string_view field, std::uint64_t size);

/// The field Content-Range of a chunk: "0-99", both ends in it (distribution-spec, "Pushing a blob in chunks"); also
/// as RFC 9110 has it: "bytes 0-99/*".
std::optional<ByteRange> parse_content_range(std::string_view field);

}  // namespace gantry::registry
