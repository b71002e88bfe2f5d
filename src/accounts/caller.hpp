#pragma once

#include "accounts/directory.hpp"
#include "accounts/token.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace gantry::accounts {

/// Who sends a request, and what that one may do.
struct Caller {
  std::string name;              ///< empty: nobody has said
  bool does_everything = false;  ///< roles do not count
  bool reads_everything = false;
  std::shared_ptr<const Directory> directory;  ///< null: there are no projects
  std::shared_ptr<const Claims> token;         ///< null: none was shown; else nothing beyond it is allowed
  bool by_others = false;                      ///< the token is another issuer's, who has decided about roles

  bool may(Right right, std::string_view repository) const;
  /// Whether a listing of repositories may be asked for, and whether it names this one.
  bool may_list() const;
  bool sees(std::string_view repository) const;
  /// Something was shown: a password or a token, even one for nobody in particular.
  bool is_known() const { return does_everything || !name.empty() || token != nullptr; }
  bool is_admin() const;
  /// Null: the repository's project has no rules.
  const Project* project_of(std::string_view repository) const;
};

}  // namespace gantry::accounts
