#pragma once

#include "base/fd.hpp"
#include "dockerfile/ignore.hpp"

#include <sys/stat.h>

#include <string>
#include <vector>

// What a COPY takes: looked up below a held folder, whose content is hostile. Nothing is followed out of it.

namespace gantry::build {

/// A file, folder, link, … below a match.
struct SourceEntry {
  std::string path;  ///< in the origin, clean and relative: "src/main.c"; "" is its root
  struct stat info {};
  std::string link;  ///< of a symbolic link
};

/// One thing that a source word names.
struct SourceMatch {
  std::string path;                  ///< as `SourceEntry::path`, symbolic links followed
  std::string name;                  ///< what it is called in the target folder
  std::string shown;                 ///< path as the word names it, links not followed: for --parents
  std::vector<SourceEntry> entries;  ///< itself first, then all below it, folders before their content, sorted
};

struct SourceRules {
  const dockerfile::IgnoreRules* ignored = nullptr;   ///< of the context
  const dockerfile::IgnoreRules* excluded = nullptr;  ///< of the instruction, from a match on
};

/// What `pattern` names below `root`. Code::not_found when it is nothing, unless it has wildcards; sockets are left
/// out.
Result<std::vector<SourceMatch>> find_sources(const Fd& root, const std::string& pattern, const SourceRules& rules);

}  // namespace gantry::build
