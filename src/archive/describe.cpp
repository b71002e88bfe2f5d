#include "archive/describe.hpp"

#include "archive/hash.hpp"

namespace gantry::archive {

oci::Descriptor describe(std::string_view media_type, std::string_view bytes) {
  return {.media_type = std::string(media_type),
          .digest = hash_of(as_bytes(bytes)),
          .size = static_cast<std::int64_t>(bytes.size())};
}

}  // namespace gantry::archive
