#include "archive/compression.hpp"

namespace gantry::archive {

std::string_view name_of(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::none:
      break;
  }
  return "none";
}

Compression detect_compression(Bytes head) {
  std::string_view text = as_text(head);
  if (text.starts_with("\x1f\x8b")) return Compression::gzip;
  if (text.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  bool skippable = text.size() >= 4 && (text[0] & 0xf0) == 0x50 && text.substr(1, 3) == "\x2a\x4d\x18";
  return skippable ? Compression::zstd : Compression::none;
}

}  // namespace gantry::archive
