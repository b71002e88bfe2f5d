#pragma once

namespace gantry::oci {

/// The variable that processes of an image without one get, as docker, podman, buildah and umoci have it.
inline constexpr const char* kDefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

}  // namespace gantry::oci
