#pragma once

#include "store/collect.hpp"
#include "store/store.hpp"

#include <string>
#include <vector>

namespace gantry::store {

enum class Severity {
  info,     ///< costs space alone, as after a killed process
  warning,  ///< something works less well
  error,    ///< something is lost
};

struct Finding {
  Severity severity = Severity::info;
  std::string object;  ///< "image localhost/busybox:latest", "blob sha256:…", "layer sha256:…", "snapshot <id>"
  std::string text;    ///< one sentence
  bool repairable = false;
  bool repaired = false;
};

/// Compares index.json, blobs, layers and snapshots; reads no blob but manifests and configs. Waits for those who use
/// the store, and removes what killed processes left in tmp. With `repair`, an image that cannot be used any more is
/// taken from the list, and what nothing needs is removed.
Result<std::vector<Finding>> check(const Store& store, const RootsSource& roots, bool repair);

}  // namespace gantry::store
