// A table of contents of a layer, which comes from a registry: whatever it says lies within the bounds that it is
// given.

#include "base/stream.hpp"
#include "view/toc.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kEnd = 1u << 20;
  auto table = gantry::view::parse_toc(std::string(reinterpret_cast<const char*>(data), size), kEnd);
  if (!table) return 0;
  for (const auto& file : *table) {
    std::uint64_t at = 0;
    for (const auto& chunk : file.chunks) {
      if (chunk.offset != at || chunk.until > kEnd || chunk.at > chunk.until) std::abort();
      at += chunk.size;
    }
    if (at != (file.chunks.empty() ? 0 : file.entry.size)) std::abort();
  }
  return 0;
}
