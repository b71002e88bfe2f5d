#pragma once

#include <string_view>

namespace gantry::registry {

/// Whether a repository may have this name (distribution-spec, "Pulling manifests"): lower-case words with single
/// separators, joined by slashes; at most 255 bytes.
bool is_repository(std::string_view name);

}  // namespace gantry::registry
