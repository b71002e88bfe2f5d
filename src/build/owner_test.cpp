#include "build/owner.hpp"

#include <gtest/gtest.h>

namespace gantry::build {

namespace {

constexpr std::string_view kPasswd = "root:x:0:0::/root:/bin/sh\nme:x:1000:1001::/:/bin/sh\n";
constexpr std::string_view kGroup = "root:x:0:\nstaff:x:50:\n";

std::string owner(std::string_view text) {
  const auto found = parse_owner(text, kPasswd, kGroup);
  return found ? fmt::format("{}:{}", found->uid, found->gid) : std::string("refused");
}

mode_t mode(std::string_view text, mode_t before, bool is_folder = false) {
  return change_mode(text, before, is_folder).value_or(0);
}

}  // namespace

TEST(Owner, NamesAreLookedUpAndNumbersTaken) {
  EXPECT_EQ(owner("me:staff"), "1000:50");
  EXPECT_EQ(owner("5:6"), "5:6");
  EXPECT_EQ(owner("7"), "7:7");
  EXPECT_EQ(owner("nobody-here"), "refused");
}

TEST(Owner, ModesAreOctalOrSymbolic) {
  EXPECT_EQ(mode("755", 0600), 0755u);
  EXPECT_EQ(mode("u=rwX,go=rX", 0600), 0644u);
  EXPECT_EQ(mode("u=rwX,go=rX", 0600, true), 0755u);
  EXPECT_EQ(mode("a+x", 0644), 0755u);
  EXPECT_FALSE(change_mode("9", 0644, false));
}

}  // namespace gantry::build
