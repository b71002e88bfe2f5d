#pragma once

#include "base/json_options.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace gantry::engine {

/// Something mounted into a container beyond the standard mounts.
struct Mount {
  std::string type = "bind";         ///< "bind", "tmpfs", "volume", "image", "ramfs", "devpts", "glob"
  std::string source;                ///< absolute host path of a bind; name of a volume; reference of an image
  std::string target;                ///< absolute path inside the container
  std::vector<std::string> options;  ///< runtime-spec options: "ro", "rbind", "size=64m", …

  std::string subpath;     ///< of a volume or image: the folder in it that is mounted
  bool anonymous = false;  ///< a volume that was made for this container and goes with it
  bool no_copy = false;    ///< an empty volume is not filled from the image
  bool chown = false;      ///< its files are given to the container's user: option U
  bool overlay = false;    ///< writes go to a layer above it: option O
  std::string upper;       ///< of `overlay`: folders of the user's that keep the layer; empty: gone with the container
  std::string work;
  std::string idmap;  ///< "idmap" with its own maps after "=", as it was given; empty: none

  bool operator==(const Mount&) const = default;
};
BOOST_DESCRIBE_STRUCT(Mount, (),
                      (type, source, target, options, subpath, anonymous, no_copy, chown, overlay, upper, work, idmap))
constexpr json::Options json_options(const Mount*) { return {.style = json::Style::snake}; }

/// A secret that the container gets.
struct SecretUse {
  std::string name;       ///< name or id of the secret
  std::string target;     ///< a file's absolute path or name below /run/secrets, or a variable; empty: the name
  std::uint32_t uid = 0;  ///< of the file
  std::uint32_t gid = 0;
  std::uint32_t mode = 0444;
  std::string type = "mount";  ///< "mount" or "env"

  bool operator==(const SecretUse&) const = default;
};
BOOST_DESCRIBE_STRUCT(SecretUse, (), (name, target, uid, gid, mode, type))

/// The container's files beyond its root.
struct StorageConfig {
  std::vector<Mount> mounts;
  std::vector<std::string> volumes_from;  ///< "CONTAINER[:OPTIONS]", until create() has turned them into mounts
  std::string image_volume;               ///< what the image's volumes become: "anonymous", "tmpfs", "ignore"
  std::vector<SecretUse> secrets;
  std::vector<std::string> chroot_dirs;  ///< further roots that get resolv.conf and its kin
  bool read_only = false;
  bool no_read_only_tmpfs = false;                     ///< a read-only root gets no writable /tmp, /run, …
  std::uint64_t shm_size = 64u << 20;                  ///< bytes of /dev/shm; 0: no limit
  std::uint64_t shm_size_systemd = 64u << 20;          ///< bytes of the tmpfs that systemd as PID 1 gets
  std::map<std::string, std::string> storage_options;  ///< "size"

  bool operator==(const StorageConfig&) const = default;
};
BOOST_DESCRIBE_STRUCT(StorageConfig, (),
                      (mounts, volumes_from, image_volume, secrets, chroot_dirs, read_only, no_read_only_tmpfs,
                       shm_size, shm_size_systemd, storage_options))

}  // namespace gantry::engine
