#pragma once

#include "registry/metadata.hpp"

namespace gantry::registry {

/// Bytes of the blobs and manifests of all repositories `project` and `project/…`, each once.
Result<std::uint64_t> bytes_of(sql::Database& database, std::string_view project);
/// Code::unsupported: the project takes more than it may.
Result<> check_room(sql::Database& database, const Room& room);

}  // namespace gantry::registry
