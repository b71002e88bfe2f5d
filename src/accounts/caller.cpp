#include "accounts/caller.hpp"

#include <algorithm>

namespace gantry::accounts {

namespace {

bool grants(const Claims& claims, std::string_view type, std::string_view name, std::string_view action) {
  return std::ranges::any_of(claims.access, [&](const Grant& grant) {
    return grant.type == type && grant.name == name &&
           std::ranges::any_of(grant.actions, [&](const auto& each) { return each == action || each == "*"; });
  });
}

}  // namespace

bool Caller::may(Right right, std::string_view repository) const {
  if (does_everything || (reads_everything && right == Right::pull)) return true;
  if (token && !grants(*token, "repository", repository, action_of(right))) return false;
  if (token && by_others) return true;
  return directory && directory->allows(name, right, repository);
}

bool Caller::may_list() const {
  if (does_everything || reads_everything) return true;
  if (token) return grants(*token, "registry", "catalog", "*");
  return !name.empty();
}

bool Caller::sees(std::string_view repository) const {
  if (does_everything || reads_everything || (token && by_others)) return true;
  return directory && directory->allows(name, Right::pull, repository);
}

bool Caller::is_admin() const {
  if (does_everything) return true;
  return !token && directory && directory->is_admin(name);
}

const Project* Caller::project_of(std::string_view repository) const {
  return directory ? directory->project_of(repository) : nullptr;
}

}  // namespace gantry::accounts
