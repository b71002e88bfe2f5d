#include "options/globals.hpp"

#include "base/file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

namespace gantry::options {
namespace {

TEST(Folders, KeepsWhatWasGiven) {
  auto found = folders({.root = "/a", .run_root = "/b"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->root, "/a");
  EXPECT_EQ(found->run_root, "/b");
}

TEST(Folders, MakesPathsAbsolute) {
  auto found = folders({.root = "a", .run_root = "./b"});
  ASSERT_TRUE(found);
  char* here = getcwd(nullptr, 0);
  EXPECT_EQ(found->root, std::string(here) + "/a");
  EXPECT_EQ(found->run_root, std::string(here) + "/./b");
  free(here);
}

TEST(Folders, UsesTheSystemsFoldersForRoot) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  auto found = folders({});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->root, "/var/lib/gantry");
  EXPECT_EQ(found->run_root, "/run/gantry");
}

}  // namespace
}  // namespace gantry::options
