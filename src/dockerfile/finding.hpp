#pragma once

#include "dockerfile/ast.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::dockerfile {

/// What a check looks for.
struct Rule {
  std::string_view name;         ///< "StageNameCasing"
  std::string_view description;  ///< one sentence without a full stop
};

/// One place where a check found it.
struct Finding {
  const Rule* rule = nullptr;  ///< of a table with static storage
  std::string text;            ///< what is there
  std::string cure;
  Position at;  ///< line 0: it is about the whole
};

/// In the order of their places, those of rules that the file's directives skip left out.
std::vector<Finding> sorted_findings(std::vector<Finding> findings, const Directives& directives);

/// A line for each, `Dockerfile:1:17: warning: … (cure) [StageNameCasing]`, with the excerpt below it; empty: there are
/// none.
std::string findings_text(const Dockerfile& file, std::span<const Finding> findings);
/// SARIF 2.1.0 (docs.oasis-open.org/sarif), as code hosts take it, with all `rules` that were looked for.
std::string findings_sarif(const Dockerfile& file, std::span<const Finding> findings, std::span<const Rule> rules,
                           std::string_view version);

}  // namespace gantry::dockerfile
