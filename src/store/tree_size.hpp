#pragma once

#include <cstdint>
#include <string>

namespace gantry::store {

/// Bytes on disk of a folder and all below it, a file with several names once. What cannot be read, and what lies
/// deeper than a thousand folders, is not counted. Links and other file systems are not followed.
std::uint64_t tree_size(const std::string& path);

}  // namespace gantry::store
