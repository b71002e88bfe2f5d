#pragma once

#include <map>
#include <string>

namespace gantry::build {

/// Something that a build has taken from elsewhere.
struct Material {
  std::string uri;                            ///< "pkg:docker/busybox@1.36?platform=linux/amd64", or a URL
  std::map<std::string, std::string> digest;  ///< hex by algorithm: "sha256", "gitCommit"
};

}  // namespace gantry::build
