#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

#include <string>

namespace gantry::engine {

/// A file of the running container. It is looked up inside its root, where nothing that the container does to its own
/// links can lead out, and must be a regular file: opening a pipe would wait. Nothing where
/// there is no such file.
Result<std::string> read_inside(const Fd& root, const char* path);

}  // namespace gantry::engine
