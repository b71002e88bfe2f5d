#pragma once

#include "archive/entry.hpp"
#include "archive/extract.hpp"

namespace gantry::archive {

/// Whether an attribute belongs into a layer. The image's author decides about a few only: overlayfs's own would let a
/// layer reach into others (redirects), and labels of security modules are the host's.
bool is_layer_xattr(std::string_view name);

/// Owner, attributes, mode and times of a file or folder, in the order in which none undoes another.
Result<> set_metadata(const Fd& fd, const Entry& entry, const ExtractOptions& options);

/// The same, without attributes, of a name in the folder `dir` that is no folder and was made just now: symlinks,
/// devices, fifos.
Result<> set_metadata_at(int dir, const std::string& name, const Entry& entry, const ExtractOptions& options);

/// Makes overlayfs hide what lower layers have in this folder.
Result<> set_opaque(const Fd& folder, bool user_xattr);

}  // namespace gantry::archive
