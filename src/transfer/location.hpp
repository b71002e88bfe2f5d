#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry::transfer {

enum class Transport {
  detect,          ///< by what is there
  oci,             ///< a folder that is an OCI image layout
  oci_archive,     ///< the same in a tar
  docker_archive,  ///< what `docker save` writes
  dir,             ///< a folder as skopeo's dir: makes it
};

/// Where images are, as skopeo and podman write it: "oci-archive:PATH:NAME", or a path alone.
struct Location {
  Transport transport = Transport::detect;
  std::string path;       ///< empty or "-": stdin
  std::string reference;  ///< which image there; empty: all
};

Location parse_location(std::string_view text);

}  // namespace gantry::transfer
