#pragma once

#include "transfer/origin.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace gantry::transfer {

/// An image of podman, buildah or skopeo, where they keep it (containers-storage(5), containers-transports(5)).
struct StoragePlace {
  std::string driver;  ///< "overlay" or "vfs"
  std::string root;    ///< the "graphroot"
  std::string image;   ///< name or id
};

/// "[[DRIVER@]ROOT[+RUNROOT][:OPTIONS]]NAME", the first part in brackets. What it leaves open is as
/// containers-storage.conf(5) says for this user, or the driver that is found there. Code::not_found when there is no
/// storage.
Result<StoragePlace> parse_storage_place(std::string_view text);

/// To read: layers are put together again as they came, though not compressed. For an ordinary user only files that
/// this user may read can be.
Result<std::unique_ptr<Origin>> open_containers_storage(const StoragePlace& place);

}  // namespace gantry::transfer
