#include "registry/route.hpp"

#include "base/text.hpp"
#include "serve/message.hpp"

namespace gantry::registry {

Route parse_route(std::string_view encoded) {
  const auto decoded = serve::decode_percent(encoded);
  if (!decoded) return {};
  std::string_view path = *decoded;
  if (path == "/v2" || path == "/v2/") return {.kind = Route::Kind::base};
  if (!path.starts_with("/v2/")) return {};
  path.remove_prefix(4);
  if (path == "_catalog") return {.kind = Route::Kind::catalog};

  const auto [before, last, found] = cut_last(path, '/');
  const auto [repository, noun, whole] = cut_last(before, '/');
  if (!found || !whole) return {};
  auto route = [&](Route::Kind kind, std::string_view name, std::string_view reference = {}) {
    return Route{kind, std::string(name), std::string(reference)};
  };
  if (noun == "manifests") return route(Route::Kind::manifest, repository, last);
  if (noun == "referrers") return route(Route::Kind::referrers, repository, last);
  if (noun == "tags" && last == "list") return route(Route::Kind::tags, repository);
  if (noun == "blobs" && last == "uploads") return route(Route::Kind::uploads, repository);
  if (noun == "blobs") return route(Route::Kind::blob, repository, last);
  if (noun == "uploads") {
    const auto [name, blobs, inner] = cut_last(repository, '/');
    if (!inner || blobs != "blobs") return {};
    return last.empty() ? route(Route::Kind::uploads, name) : route(Route::Kind::upload, name, last);
  }
  return {};
}

}  // namespace gantry::registry
