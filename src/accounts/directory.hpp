#pragma once

#include "accounts/role.hpp"
#include "base/clock.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::accounts {

struct User {
  std::string name;
  std::string hash;    ///< of the password, see secret.hpp
  bool admin = false;  ///< may do everything everywhere
  bool disabled = false;
};

/// A program's account in one project. It is called "PROJECT+NAME"; no user's name has a '+' in it.
struct Robot {
  std::string project;
  std::string name;
  std::string hash;  ///< SHA-256 of its secret, in hex: the secret is long and random
  Role role = Role::guest;
  Timestamp expires = 0;  ///< 0: never

  std::string full_name() const { return project + "+" + name; }
};

/// All repositories whose names begin alike: `team` and `team/…`.
struct Project {
  std::string name;
  bool anonymous_pull = false;
  std::uint64_t quota = 0;             ///< bytes; 0: as much as there is room for
  std::vector<std::string> immutable;  ///< patterns of tags that stay what they are: "v*"
  std::map<std::string, Role, std::less<>> members;

  /// Whether a tag that exists may not be moved or deleted.
  bool protects(std::string_view tag) const;
};

/// Who is who at one moment. It is read as a whole, and looking things up in it takes no lock.
struct Directory {
  std::map<std::string, User, std::less<>> users;
  std::map<std::string, Robot, std::less<>> robots;  ///< by their full names
  std::map<std::string, Project, std::less<>> projects;

  /// Null: there is none. A repository whose project nobody has made is the administrators' own.
  const Project* project_of(std::string_view repository) const;
  /// What `name`, of a user or a robot, is in a project; an empty name is nobody's.
  Role role_in(std::string_view name, std::string_view project) const;
  /// Whether somebody, or nobody in particular, may do that in a repository.
  bool allows(std::string_view name, Right right, std::string_view repository) const;
  /// A user or robot of that name is there and has not been disabled or expired.
  bool is_active(std::string_view name) const;
  bool is_admin(std::string_view name) const;
};

/// "v1.*" with `*` for any text and `?` for one character.
bool matches_pattern(std::string_view pattern, std::string_view text);

/// Names of users: letters, digits and "._-@", at most 64 of them. Names of robots and projects: lower-case letters,
/// digits and "._-", as a part of a repository's name.
bool is_user_name(std::string_view name);
bool is_project_name(std::string_view name);

}  // namespace gantry::accounts
