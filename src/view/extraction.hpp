#pragma once

#include "view/image_files.hpp"

namespace gantry::view {

/// Writes what is at and below each of `paths` as one tar, under the names that it has in the image: symlinks on the
/// way to a path are followed, the path itself is not. Code::not_found names a path that is not there.
Result<> write_tar(ImageFiles& files, const std::vector<std::string>& paths, Sink& out);

struct UnpackOptions {
  bool owners = false;  ///< files get the owners that they have in the image
};

/// The same unpacked into the folder `root`, out of which nothing leads.
Result<> unpack(ImageFiles& files, const std::vector<std::string>& paths, const Fd& root, const UnpackOptions& options);

}  // namespace gantry::view
