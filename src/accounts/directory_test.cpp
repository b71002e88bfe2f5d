#include "accounts/directory.hpp"

#include <gtest/gtest.h>

namespace gantry::accounts {
namespace {

Directory make() {
  Directory all;
  all.users["root"] = {.name = "root", .hash = {}, .admin = true};
  all.users["alice"] = {.name = "alice", .hash = {}};
  all.users["gone"] = {.name = "gone", .hash = {}, .admin = true, .disabled = true};
  all.projects["team"] = {.name = "team", .immutable = {"v*"}, .members = {{"alice", Role::developer}}};
  all.projects["open"] = {.name = "open", .anonymous_pull = true, .immutable = {}, .members = {}};
  all.robots["team+ci"] = {.project = "team", .name = "ci", .hash = {}, .role = Role::developer};
  all.robots["team+old"] = {.project = "team", .name = "old", .hash = {}, .role = Role::admin, .expires = 1};
  return all;
}

TEST(Directory_, SaysWhoMayDoWhatWhere) {
  const auto all = make();
  EXPECT_TRUE(all.allows("root", Right::manage, "anything/else"));
  EXPECT_TRUE(all.allows("alice", Right::push, "team"));
  EXPECT_TRUE(all.allows("alice", Right::push, "team/web/api"));
  EXPECT_FALSE(all.allows("alice", Right::remove, "team/web"));
  EXPECT_FALSE(all.allows("alice", Right::pull, "teams/web"));
  EXPECT_FALSE(all.allows("alice", Right::pull, "no-project"));
  EXPECT_FALSE(all.allows("gone", Right::pull, "team"));
  EXPECT_FALSE(all.allows("", Right::pull, "team"));
  EXPECT_TRUE(all.allows("", Right::pull, "open/x"));
  EXPECT_FALSE(all.allows("alice", Right::push, "open/x"));
  EXPECT_TRUE(all.allows("team+ci", Right::push, "team/web"));
  EXPECT_FALSE(all.allows("team+ci", Right::push, "open"));
  EXPECT_FALSE(all.allows("team+old", Right::pull, "team"));
}

TEST(Directory_, PatternsProtectTags) {
  const auto all = make();
  EXPECT_TRUE(all.projects.at("team").protects("v1"));
  EXPECT_FALSE(all.projects.at("team").protects("latest"));
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("a*b*c", "a-b-b-c"));
  EXPECT_FALSE(matches_pattern("a*b", "a-b-"));
  EXPECT_TRUE(matches_pattern("v?.?", "v1.2"));
  EXPECT_FALSE(matches_pattern("v?", "v"));
  EXPECT_FALSE(matches_pattern("", "x"));
  EXPECT_FALSE(matches_pattern(std::string(50, '*') + "b", std::string(5000, 'a'))) << "and takes no time";
}

TEST(Directory_, NamesAreChecked) {
  EXPECT_TRUE(is_user_name("Alice@example.org"));
  for (const char* wrong : {"", "a+b", "a:b", "a b", "a/b"}) EXPECT_FALSE(is_user_name(wrong)) << wrong;
  EXPECT_FALSE(is_user_name(std::string(65, 'a')));
  EXPECT_TRUE(is_project_name("team-1.x"));
  for (const char* wrong : {"", "Team", "-a", "a-", "a/b", ".."}) EXPECT_FALSE(is_project_name(wrong)) << wrong;
}

}  // namespace
}  // namespace gantry::accounts
