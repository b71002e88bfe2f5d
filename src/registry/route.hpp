#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::registry {

/// What a path of the API names (distribution-spec, "Endpoints").
struct Route {
  enum class Kind : std::uint8_t {
    none,       ///< nothing of the API
    base,       ///< /v2/
    catalog,    ///< /v2/_catalog
    tags,       ///< /v2/NAME/tags/list
    manifest,   ///< /v2/NAME/manifests/REFERENCE
    blob,       ///< /v2/NAME/blobs/DIGEST
    uploads,    ///< /v2/NAME/blobs/uploads/
    upload,     ///< /v2/NAME/blobs/uploads/ID
    referrers,  ///< /v2/NAME/referrers/DIGEST
  };
  Kind kind = Kind::none;
  std::string repository;  ///< not checked yet
  std::string reference;   ///< not checked yet: a tag, digest or upload
};

/// `path` still has its %XX. A repository's name may have "blobs" and "tags" in it: paths are read from their end.
Route parse_route(std::string_view path);

}  // namespace gantry::registry
