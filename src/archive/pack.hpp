#pragma once

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/stream.hpp"
#include "linux/idmap.hpp"

#include <cstdint>
#include <optional>

namespace gantry::archive {

struct PackedOwner {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

struct PackOptions {
  bool overlay = false;                   ///< the folder is overlayfs's upper one: its marks become whiteouts
  std::optional<Timestamp> max_mtime;     ///< later times are written as this one
  std::optional<linux::IdMaps> id_maps;   ///< owners are written as the `inside` ids of these; default: as they are
  std::optional<PackedOwner> owner = {};  ///< everything is written as this one's
};

/// Writes all below `root` as a layer (a tar stream with its end marker): sorted by name, links, devices, attributes
/// and holes kept, without the names of owners, so that the same tree gives the same bytes. The root itself is not in
/// it. Sockets are left out. A name that begins with ".wh." cannot be in a layer: Code::invalid.
Result<> pack(const Fd& root, Sink& out, const PackOptions& options);

}  // namespace gantry::archive
