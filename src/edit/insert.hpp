#pragma once

#include "archive/pack.hpp"
#include "edit/draft.hpp"

#include <optional>
#include <string>

namespace gantry::edit {

/// What a new layer changes at one path of an image.
struct Insertion {
  std::string host_path;                      ///< a file or a folder that is put there; empty: what is there goes
  std::string target;                         ///< in the image. A file put at "folder/" keeps its name
  bool opaque = false;                        ///< of a folder: what the image has in it goes
  std::optional<archive::PackedOwner> owner;  ///< of all that is put there; absent: as on the host
};

struct InsertOptions {
  archive::Compression compression = archive::Compression::gzip;
  std::optional<Timestamp> max_mtime;
};

/// Adds a layer that puts something into the image or takes it away. Folders on the way keep the owner and mode that
/// the image gives them, and symlinks on the way are followed inside the image: all its layers are read for that.
Result<> insert(Draft& draft, const Insertion& insertion, const InsertOptions& options, const Note& note,
                const std::string& tmp);

}  // namespace gantry::edit
