#pragma once

#include "base/fd.hpp"
#include "base/json_options.hpp"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <string>
#include <vector>

namespace gantry::engine {

enum class ChangeKind { changed, added, deleted };
BOOST_DESCRIBE_ENUM(ChangeKind, changed, added, deleted)

struct Change {
  ChangeKind kind = ChangeKind::changed;
  std::string path;  ///< absolute, from the container's root

  bool operator==(const Change&) const = default;
};
BOOST_DESCRIBE_STRUCT(Change, (), (kind, path))

/// What `upper`, a layer in overlayfs's form, changes in the tree `lower` (none: it is empty), sorted by path. A folder
/// that only holds changes is changed when something came to it or went from it.
Result<std::vector<Change>> changes_of(const Fd& upper, const Fd& lower);

/// What is different in the tree `newer`, sorted by path. As rsync(1) has it, a file is the same whose kind, mode,
/// owner, size and time of change are.
Result<std::vector<Change>> changes_between(const Fd& newer, const Fd& older);

}  // namespace gantry::engine
