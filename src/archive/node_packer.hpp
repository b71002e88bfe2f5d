#pragma once

#include "archive/file_reading.hpp"
#include "archive/pack.hpp"
#include "archive/tar_writer.hpp"

#include <sys/stat.h>

#include <map>
#include <string>
#include <utility>

namespace gantry::archive {

/// Writes names of a file system as entries of a layer, one by one; how they look there says pack(), which is this for
/// a whole folder. Of a file with several names the later ones become links to the first.
class NodePacker {
 public:
  /// `out` and `options` outlive it.
  NodePacker(Sink& out, const PackOptions& options) : writer_(out), options_(options) {}

  /// Adds `name` of `folder` as `path`, without what may be below it. Of a folder returns the descriptor that was
  /// looked at, else an invalid one.
  Result<Fd> add(const Fd& folder, const std::string& name, const std::string& path);
  /// The same with all below it, sorted by name.
  Result<> add_tree(const Fd& folder, const std::string& name, const std::string& path);
  /// All that is in `folder`, whose path is `path`; empty: the root's.
  Result<> add_content(const Fd& folder, const std::string& path);
  /// Says that `path` of lower layers is gone.
  Result<> add_whiteout(const std::string& path);
  /// Says that all that lower layers have in the folder `path` is gone.
  Result<> add_opaque(const std::string& path);
  /// An entry without data that the caller has made.
  Result<> add_entry(const Entry& entry) { return writer_.add(entry); }
  /// The end marker.
  Result<> finish() { return writer_.finish(); }

 private:
  Result<> add_mark(const std::string& path);
  Result<> add_file(const Fd& folder, const Fd& fd, const struct stat& info, Entry& entry, const std::string& name);
  Result<Fd> add_folder(Fd folder, Entry& entry, const NodeXattrs& xattrs);
  Result<Entry> describe(const struct stat& info, Kind kind, const std::string& path) const;

  TarWriter writer_;
  const PackOptions& options_;
  std::map<std::pair<dev_t, ino_t>, std::string> linked_;  ///< first path of each file that has several
};

}  // namespace gantry::archive
