#pragma once

#include "base/result.hpp"

#include <functional>
#include <string>

namespace gantry::store {

/// Does `work`, and once more as root of a user namespace when an ordinary user was denied it: files of containers
/// belong to subordinate ids, which only there are ours. One thread only.
Result<> mapped(const std::function<Result<>()>& work);

/// remove_tree(), also of such files, and of a folder that holds subvolumes of btrfs.
Result<> remove_mapped_tree(const std::string& path);

}  // namespace gantry::store
