#include "archive/layer_path.hpp"

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::archive;

TEST(EntryPath, BecomesPlain) {
  EXPECT_EQ(clean_entry_path("./a//b/./c/").value_or("?"), "a/b/c");
  EXPECT_EQ(clean_entry_path("/etc/passwd").value_or("?"), "etc/passwd");
  EXPECT_EQ(clean_entry_path("./").value_or("?"), "");
  EXPECT_EQ(clean_entry_path("a..b/...").value_or("?"), "a..b/...");
}

TEST(EntryPath, MayNotLeadUpwards) {
  for (const char* path : {"", "..", "../x", "a/../b", "a/..", "/.."}) EXPECT_FALSE(clean_entry_path(path)) << path;
}

TEST(Whiteout, IsToldByItsName) {
  auto hide = whiteout_of("a/.wh.b");
  ASSERT_TRUE(hide);
  EXPECT_EQ(hide->type, Whiteout::Type::hide);
  EXPECT_EQ(hide->path, "a/b");
  auto opaque = whiteout_of("a/.wh..wh..opq");
  ASSERT_TRUE(opaque);
  EXPECT_EQ(opaque->type, Whiteout::Type::opaque);
  EXPECT_EQ(opaque->path, "a");
  EXPECT_EQ(whiteout_of("a/b.wh.c")->type, Whiteout::Type::none);
  EXPECT_EQ(whiteout_of(".wh..wh.plnk/1.2")->type, Whiteout::Type::metadata);
  EXPECT_EQ(whiteout_of(".wh..wh.aufs")->type, Whiteout::Type::metadata);
}

TEST(Whiteout, HidesOneNameAndNothingElse) {
  for (const char* path : {".wh.", "a/.wh.", ".wh..", ".wh...", "a/.wh...", ".wh.a/b", "a/.wh.b/c"})
    EXPECT_FALSE(whiteout_of(path)) << path;
}
