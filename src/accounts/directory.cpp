#include "accounts/directory.hpp"

#include <algorithm>

namespace gantry::accounts {

namespace {

constexpr std::size_t kLongestName = 64;

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_robot_name(std::string_view name) { return name.find('+') != std::string_view::npos; }

bool is_alive(const Robot& robot) { return robot.expires == 0 || robot.expires > now(); }

}  // namespace

bool Project::protects(std::string_view tag) const {
  return std::ranges::any_of(immutable, [&](const auto& pattern) { return matches_pattern(pattern, tag); });
}

const Project* Directory::project_of(std::string_view repository) const {
  const auto found = projects.find(accounts::project_of(repository));
  return found == projects.end() ? nullptr : &found->second;
}

Role Directory::role_in(std::string_view name, std::string_view project) const {
  if (is_robot_name(name)) {
    const auto robot = robots.find(name);
    if (robot == robots.end() || !is_alive(robot->second)) return Role::none;
    return robot->second.project == project ? robot->second.role : Role::none;
  }
  const auto user = users.find(name);
  if (user == users.end() || user->second.disabled) return Role::none;
  if (user->second.admin) return Role::admin;
  const auto found = projects.find(project);
  if (found == projects.end()) return Role::none;
  const auto member = found->second.members.find(name);
  return member == found->second.members.end() ? Role::none : member->second;
}

bool Directory::allows(std::string_view name, Right right, std::string_view repository) const {
  const auto* project = project_of(repository);
  if (right == Right::pull && project != nullptr && project->anonymous_pull) return true;
  return may(role_in(name, accounts::project_of(repository)), right);
}

bool Directory::is_active(std::string_view name) const {
  if (const auto robot = robots.find(name); robot != robots.end()) return is_alive(robot->second);
  const auto user = users.find(name);
  return user != users.end() && !user->second.disabled;
}

bool Directory::is_admin(std::string_view name) const {
  const auto user = users.find(name);
  return user != users.end() && user->second.admin && !user->second.disabled;
}

bool matches_pattern(std::string_view pattern, std::string_view text) {
  // Back to the last star at a mismatch, so that no pattern takes longer than the product of both lengths.
  constexpr auto kNone = std::string_view::npos;
  std::size_t p = 0, t = 0, star = kNone, retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (star != kNone) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == kNone;
}

bool is_user_name(std::string_view name) {
  auto fits = [](char c) {
    return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-' || c == '@';
  };
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, fits);
}

bool is_project_name(std::string_view name) {
  auto fits = [](char c) { return is_lower_or_digit(c) || c == '.' || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= kLongestName && is_lower_or_digit(name.front()) &&
         is_lower_or_digit(name.back()) && std::ranges::all_of(name, fits);
}

}  // namespace gantry::accounts
