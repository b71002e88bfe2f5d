#include "store/tree_size.hpp"

#include "base/file.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gantry::store {
namespace {

TEST(TreeSize, CountsWhatIsOnDiskAndEachFileOnce) {
  char name[] = "/tmp/gantry-size.XXXXXX";
  ASSERT_NE(mkdtemp(name), nullptr);
  const std::string path = name;
  const auto empty = tree_size(path);
  ASSERT_TRUE(make_folders(path + "/a/b"));
  const auto folders = tree_size(path);
  ASSERT_TRUE(replace_file(path + "/a/b/file", std::string(100'000, 'x')));
  const auto one = tree_size(path) - folders;
  EXPECT_GE(one, 100'000u);
  EXPECT_LT(one, 200'000u);
  ASSERT_EQ(link((path + "/a/b/file").c_str(), (path + "/a/again").c_str()), 0);
  ASSERT_EQ(symlink("/", (path + "/a/root").c_str()), 0);
  EXPECT_LT(tree_size(path) - folders, one + 10'000);
  EXPECT_LE(empty, folders);
  EXPECT_EQ(tree_size(path + "/missing"), 0u);
  best_effort(remove_tree(path));
}

}  // namespace
}  // namespace gantry::store
