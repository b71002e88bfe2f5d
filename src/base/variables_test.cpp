#include "base/variables.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace gantry {
namespace {

TEST(Variables, AreEmptyWhenThereAreNone) {
  setenv("GANTRY_TEST_VARIABLE", "x", 1);
  EXPECT_EQ(variable("GANTRY_TEST_VARIABLE"), "x");
  unsetenv("GANTRY_TEST_VARIABLE");
  EXPECT_EQ(variable("GANTRY_TEST_VARIABLE"), "");
}

TEST(Variables, PathIsSearchedInItsOrder) {
  const std::string before = variable("PATH");
  setenv("PATH", "/nowhere:/usr/bin:/bin", 1);
  EXPECT_EQ(find_in_path("env"), "/usr/bin/env");
  EXPECT_EQ(find_in_path("no-such-program"), "");
  unsetenv("PATH");
  EXPECT_EQ(find_in_path("env"), "/usr/bin/env");
  setenv("PATH", before.c_str(), 1);
}

}  // namespace
}  // namespace gantry
