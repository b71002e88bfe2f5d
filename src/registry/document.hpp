#pragma once

#include "registry/metadata.hpp"

namespace gantry::registry {

/// The largest manifest that is taken: distribution-spec wants 4 MiB at least.
inline constexpr std::size_t kMaxManifest = 4u << 20;

/// What is pushed as a manifest or index, read as far as a registry has to. `content_type` is the request's; the digest
/// is left empty. Code::invalid says why it is none.
Result<NewManifest> read_manifest(std::string_view content_type, std::string_view bytes);

}  // namespace gantry::registry
