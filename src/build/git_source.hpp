#pragma once

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry::build {

/// A git repository as contexts and ADD name it: "https://host/repo.git#v1:docs", "git@host:repo.git#main",
/// "github.com/name/repo" (docs.docker.com/build/concepts/context, "Git repositories").
struct GitSource {
  std::string url;     ///< as git(1) takes it
  std::string ref;     ///< branch, tag or commit; empty: what the server calls HEAD
  std::string folder;  ///< in the repository, without slashes at its ends; empty: all of it
  bool operator==(const GitSource&) const = default;
};

/// Nothing: it is no such name.
std::optional<GitSource> parse_git_source(std::string_view text);

struct GitRules {
  std::string commit;          ///< what it must be, or how that begins; empty: whatever it is
  bool keeps_history = false;  ///< `.git` stays
};

/// Checks a repository out into an empty folder, with its submodules, by git(1), which speaks with https, http, git and
/// ssh only and asks nobody for passwords. Code::not_found for a ref or folder that is not there, Code::corrupt for
/// another commit. Tells which it is.
Result<std::string> check_out(const GitSource& source, const GitRules& rules, const std::string& folder);

}  // namespace gantry::build
