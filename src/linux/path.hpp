#pragma once

#include "base/fd.hpp"

#include <string>
#include <string_view>

namespace gantry::linux {

// Paths of untrusted origin, resolved by the kernel below a held folder (openat2(2)). A symbolic link, a ".." or an
// absolute path in them counts from that folder and cannot lead out; magic links of procfs are refused.

/// Opens `path` below `root` with `flags` (O_CLOEXEC is added).
Result<Fd> open_in_root(const Fd& root, std::string_view path, int flags, unsigned mode = 0);

/// As open_in_root, but no symbolic link and no other mount may be met: for files of a procfs or sysfs whose root is
/// held, where anything but the file itself is an attack (CVE-2019-16884, CVE-2025-52881).
Result<Fd> open_beneath(const Fd& root, const std::string& path, int flags);

enum class NodeKind { folder, file };

/// Opens `path` below `root` as O_PATH and makes it, and the folders on the way to it, when it is missing: as a
/// folder (0755) or an empty file (0644). A component that is a dangling link is an error, never followed out.
Result<Fd> open_or_make_in_root(const Fd& root, std::string_view path, NodeKind kind);

/// As open_or_make_in_root, but with a link as a component of `path` it is an error.
Result<Fd> open_or_make_plain_folder(const Fd& root, std::string_view path);

/// The folder that holds the last component of `path`, made when it is missing, and that component's name.
struct Place {
  Fd folder;
  std::string name;
};
Result<Place> place_in_root(const Fd& root, std::string_view path);

/// "/proc/self/fd/N": a path for the few system calls that take no descriptor.
std::string fd_path(const Fd& fd);

/// Lexically cleaned absolute form: "/a//b/../c/." gives "/a/c".
std::string clean_path(std::string_view path);

}  // namespace gantry::linux
