#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry::transfer {

enum class Transport {
  detect,              ///< by what is there
  store,               ///< Gantry's own images
  docker,              ///< a registry
  oci,                 ///< a folder that is an OCI image layout
  oci_archive,         ///< the same in a tar
  docker_archive,      ///< what `docker save` writes
  dir,                 ///< a folder as skopeo's dir: makes it
  ssh,                 ///< the images of Gantry on another machine
  docker_daemon,       ///< Docker's own images
  containers_storage,  ///< those of podman, buildah and skopeo
};

/// Whether its images are in files of their own: of archives and folders.
bool is_files(Transport transport);

/// Where images are, as skopeo and podman write it: "docker://quay.io/app:1", "oci-archive:PATH:NAME", or a path or
/// name alone.
struct Location {
  Transport transport = Transport::detect;
  std::string path;       ///< of files; empty or "-": stdin. Of all others what follows the transport's name
  std::string reference;  ///< which image of the files; empty: all
};

Location parse_location(std::string_view text);

}  // namespace gantry::transfer
