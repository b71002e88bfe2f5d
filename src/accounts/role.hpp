#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string_view>

namespace gantry::accounts {

/// What somebody is in a project; each may do what those before it may, and more.
enum class Role : std::uint8_t {
  none,
  guest,       ///< pulls
  developer,   ///< pushes
  maintainer,  ///< deletes
  admin,       ///< says who is what
};

/// What a request wants to do in a repository.
enum class Right : std::uint8_t { pull, push, remove, manage };

bool may(Role role, Right right);

std::string_view name_of(Role role);
/// As name_of() writes it; Code::invalid lists the names.
Result<Role> parse_role(std::string_view text);

/// The action of a token's scope that stands for a right (distribution's docs/spec/auth/scope.md): "pull", "push",
/// "delete".
std::string_view action_of(Right right);

/// The project that a repository belongs to: its name up to the first slash.
std::string_view project_of(std::string_view repository);

}  // namespace gantry::accounts
