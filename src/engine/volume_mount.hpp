#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gantry::engine {

/// The options of docker's local driver, taken apart: `type`, `device` and `o`, the words of mount(8).
struct VolumeOptions {
  std::string type;
  std::string device;
  std::vector<std::string> words;     ///< of `o`, without those below
  std::optional<std::uint64_t> size;  ///< bytes; of a plain volume: a file system in a file of that size
  std::optional<unsigned> uid;        ///< who owns it
  std::optional<unsigned> gid;

  /// Code::invalid for what docker and podman do not know.
  static Result<VolumeOptions> read(const std::map<std::string, std::string>& options);

  /// It stands for the folder `device`.
  bool is_bind() const;
  /// It is a file system that has to be mounted.
  bool is_mount() const { return !is_bind() && (!type.empty() || size); }
  /// Mounts it on `path`; a sized one in a file beside it, which is made when it is missing.
  Result<> mount(const std::string& path) const;

 private:
  Result<> mount_in_file(const std::string& path) const;
};

Result<> unmount_volume(const std::string& path);

}  // namespace gantry::engine
