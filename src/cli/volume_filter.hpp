#pragma once

#include "base/clock.hpp"
#include "cli/filters.hpp"
#include "engine/volumes.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace gantry::cli {

/// Which volumes a listing or a pruning takes: name, driver, label, label!, opt, scope, since, until, dangling and
/// anonymous, as docker and podman have them.
class VolumeFilter {
 public:
  static Result<VolumeFilter> make(const Filters& filters, Timestamp now = gantry::now());

  /// `is_used` is asked only where it matters.
  bool takes(const engine::Volume& volume, const std::function<bool(const std::string&)>& is_used) const;

 private:
  Result<> add(const std::string& key, const std::string& value, Timestamp now);

  std::vector<std::string> names_;  ///< parts of it, one of which must be there
  std::vector<std::string> drivers_;
  std::vector<std::string> labels_;
  std::vector<std::string> no_labels_;
  std::vector<std::string> options_;  ///< "name" or "name=value"
  std::optional<bool> dangling_;
  std::optional<bool> anonymous_;
  std::optional<Timestamp> since_;
  std::optional<Timestamp> until_;
};

}  // namespace gantry::cli
