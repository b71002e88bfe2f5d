#pragma once

#include "dockerfile/finding.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

// Rules of our own, for images that are small, safe and quick to build: `gantry build --lint`.

namespace gantry::dockerfile {

/// What a context has that a build would read.
struct ContextSize {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  bool has_ignore_file = false;
};

struct LintInputs {
  std::optional<ContextSize> context = {};  ///< nullopt: it is not looked at
};

/// All rules that lint() looks for.
std::span<const Rule> lint_rules();
/// What they find, without those that the file's `# check=skip=` names.
std::vector<Finding> lint(const Dockerfile& file, const LintInputs& inputs);

}  // namespace gantry::dockerfile
