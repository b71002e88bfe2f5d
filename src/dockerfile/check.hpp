#pragma once

#include "dockerfile/expand.hpp"
#include "dockerfile/finding.hpp"
#include "dockerfile/ignore.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

// The checks that BuildKit makes (docs.docker.com/reference/build-checks), under its names.

namespace gantry::dockerfile {

struct CheckInputs {
  BuildInputs build;
  const IgnoreRules* ignore = nullptr;  ///< of the context; nullptr: it is not known
  /// The environment of an image; nullopt: it is not known, and then a variable that is nowhere set may be of it.
  std::function<std::optional<std::vector<std::string>>(const From&)> base_env = {};
};

/// All rules that check() looks for.
std::span<const Rule> check_rules();
/// What they find, without those that the file's `# check=` skips.
std::vector<Finding> check(const Dockerfile& file, const CheckInputs& inputs);

}  // namespace gantry::dockerfile
