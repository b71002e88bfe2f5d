#pragma once

#include "archive/entry.hpp"
#include "base/clock.hpp"
#include "base/fd.hpp"
#include "build/graph.hpp"
#include "build/owner.hpp"
#include "build/sources.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gantry::build {

/// What copied files become.
struct CopyRules {
  std::optional<Owner> owner;      ///< none: as in the origin
  std::string chmod;               ///< empty: as in the origin
  Timestamp time = 0;              ///< no file is younger
  bool has_times_of_own = false;   ///< false: all files get `time`
  std::string parents_below = {};  ///< with --parents: where the part of the source that is kept begins
};

/// Copies files into the tree of an image, a mounted overlay. Both trees are hostile: every path is looked up by the
/// kernel inside of its root, and nothing that is in a file's place is written through.
class Copier {
 public:
  /// Everything outlives it.
  Copier(const Fd& from, const Fd& to, const CopyRules& rules) : from_(from), to_(to), rules_(rules) {}

  /// Puts what one source names at `target`. Content of a folder goes into it; a file gets this name unless
  /// `into_folder`, or unless a folder is there.
  Result<> put(const SourceMatch& match, const std::string& target, bool into_folder);
  /// The same of a file whose content is at hand.
  Result<> put_inline(const InlineFile& file, const std::string& target, bool into_folder);
  /// Gives folders the times that they lost while they were filled. Last.
  Result<> finish();

 private:
  struct Folder {
    std::string path;
    Fd fd;
  };
  Result<int> folder(const std::string& path);
  Result<std::string> file_place(const std::string& target, const std::string& name, bool into_folder);
  Result<> put_folder(const SourceMatch& match, const std::string& target);
  Result<> put_entry(const SourceEntry& entry, const std::string& path);
  Result<> make_folder(const SourceEntry& entry, const std::string& path);
  Result<> make_file(const SourceEntry& entry, int dir, const std::string& name, const std::string& path);
  Result<> make_other(const SourceEntry& entry, int dir, const std::string& name);
  Result<archive::Entry> describe(const SourceEntry& entry) const;
  Result<bool> link_to_first(const SourceEntry& entry, int dir, const std::string& name, const std::string& path);

  const Fd& from_;
  const Fd& to_;
  const CopyRules& rules_;
  Folder last_;
  std::map<std::pair<dev_t, ino_t>, std::string> linked_;  ///< where the first name of a file went
  std::vector<std::pair<std::string, Timestamp>> times_;   ///< of folders that were made
};

/// COPY --parents: the part of a match's path that is kept, "" for the whole: behind "/./" of the word.
std::string pivot_of(const std::string& word);

}  // namespace gantry::build
