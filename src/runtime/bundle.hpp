#pragma once

#include <string>

namespace gantry::runtime {

/// A path of a config, which counts from the bundle unless it is absolute.
inline std::string in_bundle(const std::string& bundle, const std::string& path) {
  return path.starts_with('/') ? path : bundle + "/" + path;
}

}  // namespace gantry::runtime
