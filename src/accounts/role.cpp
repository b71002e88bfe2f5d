#include "accounts/role.hpp"

#include "base/text.hpp"

#include <array>

namespace gantry::accounts {

namespace {

struct Named {
  Role role;
  std::string_view name;
};
constexpr std::array kRoles = {Named{Role::guest, "guest"}, Named{Role::developer, "developer"},
                               Named{Role::maintainer, "maintainer"}, Named{Role::admin, "admin"}};

}  // namespace

bool may(Role role, Right right) {
  switch (right) {
    case Right::pull:
      return role >= Role::guest;
    case Right::push:
      return role >= Role::developer;
    case Right::remove:
      return role >= Role::maintainer;
    case Right::manage:
      return role >= Role::admin;
  }
  return false;
}

std::string_view name_of(Role role) {
  for (const auto& each : kRoles)
    if (each.role == role) return each.name;
  return "none";
}

Result<Role> parse_role(std::string_view text) {
  for (const auto& each : kRoles)
    if (each.name == text) return each.role;
  return fail(Code::invalid, "there is no role '{}'", text).with_cure("guest, developer, maintainer or admin");
}

std::string_view action_of(Right right) {
  switch (right) {
    case Right::pull:
      return "pull";
    case Right::push:
      return "push";
    case Right::remove:
      return "delete";
    case Right::manage:
      return "*";
  }
  return "";
}

std::string_view project_of(std::string_view repository) { return cut(repository, '/').before; }

}  // namespace gantry::accounts
