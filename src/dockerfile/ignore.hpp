#pragma once

#include "base/result.hpp"
#include "dockerfile/patterns.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::dockerfile {

/// A .dockerignore: which paths of a context are left out (docs.docker.com/build/concepts/context, "dockerignore").
/// The last pattern that fits a path, or one of the folders it is in, decides.
class IgnoreRules {
 public:
  IgnoreRules() = default;
  /// Lines of a file; `name` is for errors: Code::invalid for a pattern like "[a".
  static Result<IgnoreRules> parse(std::string_view text, std::string_view name);
  /// Patterns from elsewhere: COPY --exclude.
  static Result<IgnoreRules> of(const std::vector<std::string>& patterns, std::string_view name);

  bool empty() const { return rules_.empty(); }
  /// `path`: relative to the context, parts with single slashes between, "src/main.c".
  bool ignores(std::string_view path) const;
  /// A folder that is ignored, and below which no `!` pattern can take anything back: it need not be entered.
  bool ignores_all_below(std::string_view folder) const;

 private:
  Result<> add(std::string_view line);

  struct Rule {
    PathPattern pattern;
    bool takes_back = false;  ///< `!`
  };
  std::vector<Rule> rules_;
};

/// Names of the ignore file of a context, in the order in which they are looked for, the first that exists wins:
/// `<dockerfile>.dockerignore` beside the Dockerfile, then in the context `.containerignore` and `.dockerignore`.
struct IgnoreFiles {
  std::string beside;  ///< path of the Dockerfile with its suffix
  std::vector<std::string> in_context;
};
IgnoreFiles ignore_files(std::string_view dockerfile_path);

}  // namespace gantry::dockerfile
