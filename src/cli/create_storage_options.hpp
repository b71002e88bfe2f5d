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
  std::vector<std::string> volumes, mounts, temporary, volumes_from, chroot_dirs, secrets;
  std::string image_volume;
  bool read_only = false, read_only_tmpfs = true;
  std::optional<std::uint64_t> shm_size, shm_size_systemd;
};

Result<> set_storage(engine::ContainerConfig& config, const CreateStorageOptions& options);

namespace create {

inline constexpr options::Choice<std::string_view> kImageVolumes[] = {
    {"anonymous", "anonymous"}, {"bind", "anonymous"}, {"tmpfs", "tmpfs"}, {"ignore", "ignore"}};

inline constexpr options::Option kStorage[] = {
    options::option<&CreateStorageOptions::volumes>('v', "volume", "[SOURCE:]TARGET[:OPTIONS]",
                                                    "Mount a file or folder of the host, or a volume by its name")
        .completing(options::Completes::files),
    options::option<&CreateStorageOptions::mounts>(
        0, "mount", "type=TYPE,...", "Mount, with TYPE bind, volume, tmpfs, image, glob, ramfs or devpts"),
    options::option<&CreateStorageOptions::temporary>(0, "tmpfs", "TARGET[:OPTIONS]",
                                                      "Mount an empty folder that is kept in memory"),
    options::option<&CreateStorageOptions::volumes_from>(0, "volumes-from", "CONTAINER[:ro]",
                                                         "Mount what another container has mounted")
        .completing(options::Completes::containers),
    options::option<&CreateStorageOptions::image_volume, options::read_choice<kImageVolumes>>(
        0, "image-volume", "anonymous|tmpfs|ignore", "What the image's volumes become (default anonymous)"),
    options::option<&CreateStorageOptions::secrets>(
        0, "secret", "NAME[,MEMBER=VALUE...]",
        "Give it a secret, as a file or with type=env as a variable; members are type, target, uid, gid, mode"),
    options::flag<&CreateStorageOptions::read_only>(0, "read-only", "Make the root file system read-only"),
    options::flag<&CreateStorageOptions::read_only_tmpfs>(
        0, "read-only-tmpfs", "With --read-only, keep /run, /tmp and /var/tmp writable in memory (default true)"),
    options::option<&CreateStorageOptions::shm_size, options::read_size>(
        0, "shm-size", "SIZE", "Size of /dev/shm (default 64m); 0 is no limit"),
    options::option<&CreateStorageOptions::shm_size_systemd, options::read_size>(
        0, "shm-size-systemd", "SIZE", "Size of the folders in memory that systemd gets (default 64m)"),
    options::option<&CreateStorageOptions::chroot_dirs>(
        0, "chrootdirs", "PATH", "A further root in the container that gets /etc/hosts and its kin"),
};

}  // namespace create

}  // namespace gantry::cli
