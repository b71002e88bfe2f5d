#pragma once

#include "base/fd.hpp"

#include <string>

namespace gantry::linux {

/// Whether a file or folder lies on btrfs.
bool on_btrfs(const std::string& path);

/// Whether a folder is the root of a subvolume (btrfs-subvolume(8)). No other file of btrfs has its inode number.
bool is_subvolume(const std::string& path);

/// Makes an empty subvolume, mode 0755, of the caller's. Anybody may who may write to the folder.
Result<> make_subvolume(const std::string& path);

/// Makes the subvolume `path`, which holds what the subvolume `from` does and shares it until one of them changes.
/// Takes the rights of the owner of `from`.
Result<> make_snapshot(const std::string& from, const std::string& path);

/// Takes the subvolumes directly in `folder` away, each in one step, where the caller may (root, or by the mount option
/// user_subvol_rm_allowed), and makes those that are left ready for remove_tree(), which can remove them since Linux
/// 4.18: none is read-only any more. Not on btrfs it does nothing.
Result<> drop_subvolumes(const std::string& folder);

}  // namespace gantry::linux
