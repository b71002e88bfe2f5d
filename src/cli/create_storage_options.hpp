#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::cli {

/// Files beyond the container's root.
struct CreateStorageOptions {
  std::vector<std::string> volumes, mounts, temporary;
  bool read_only = false;
  std::optional<std::uint64_t> shm_size;
};

Result<> set_storage(engine::ContainerConfig& config, const CreateStorageOptions& options);

namespace create {

inline constexpr options::Option kStorage[] = {
    options::option<&CreateStorageOptions::volumes>('v', "volume", "SOURCE:TARGET[:OPTIONS]",
                                                    "Mount a file or folder of the host")
        .completing(options::Completes::files),
    options::option<&CreateStorageOptions::mounts>(0, "mount", "type=TYPE,...",
                                                   "Mount, with TYPE bind or tmpfs; see the examples"),
    options::option<&CreateStorageOptions::temporary>(0, "tmpfs", "TARGET[:OPTIONS]",
                                                      "Mount an empty folder that is kept in memory"),
    options::flag<&CreateStorageOptions::read_only>(0, "read-only", "Make the root file system read-only"),
    options::option<&CreateStorageOptions::shm_size, options::read_size>(0, "shm-size", "SIZE",
                                                                         "Size of /dev/shm (default 64m)"),
};

}  // namespace create

}  // namespace gantry::cli
