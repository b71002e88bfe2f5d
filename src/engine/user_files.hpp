#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "oci/identity.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::engine {

/// The image's own files, empty where it has none.
struct UserFiles {
  std::string passwd;
  std::string group;
};

/// `files` with an entry for the container's user and its group, where they have none, and for the users of the host
/// that --hostuser names.
Result<UserFiles> add_users(const UserFiles& files, const ContainerConfig& config, const oci::Identity& user);

/// Writes what add_users() has changed into `folder`: the mounts over /etc/passwd and /etc/group.
Result<std::vector<Mount>> write_user_files(const UserFiles& files, const ContainerConfig& config,
                                            const oci::Identity& user, const std::string& folder);

}  // namespace gantry::engine
