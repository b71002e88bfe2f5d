#include "engine/layered_tree.hpp"

#include "base/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdlib>

namespace gantry::engine {
namespace {

class LayeredTreeTest : public testing::Test {
 protected:
  LayeredTreeTest() {
    char name[] = "/tmp/gantry-tree-XXXXXX";
    folder_ = mkdtemp(name);
    for (const char* layer : {"top", "middle", "base"}) layers_.push_back(folder_ + "/" + layer);
    for (const auto& layer : layers_) EXPECT_TRUE(make_folders(layer + "/etc"));
  }
  ~LayeredTreeTest() override { best_effort(remove_tree(folder_)); }

  void write(int layer, const std::string& path, const std::string& text) {
    ASSERT_TRUE(replace_file(at(layer, path), text));
  }
  std::string at(int layer, const std::string& path) const { return layers_[static_cast<std::size_t>(layer)] + path; }
  void link(int layer, const std::string& path, const char* target) {
    ASSERT_EQ(symlink(target, at(layer, path).c_str()), 0);
  }
  /// What the tree says, or "(none)".
  std::string read(std::string_view path) {
    auto text = LayeredTree::open(layers_).take().read(path);
    return text ? text->value_or("(none)") : text.error().message();
  }

  std::string folder_;
  std::vector<std::string> layers_;
};

TEST_F(LayeredTreeTest, ReadsTheUppermost) {
  write(2, "/etc/passwd", "base");
  write(1, "/etc/passwd", "middle");
  EXPECT_EQ(read("/etc/passwd"), "middle");
  EXPECT_EQ(read("etc/../etc/./passwd"), "middle");
  EXPECT_EQ(read("/etc/group"), "(none)");
  EXPECT_EQ(read("/etc"), "(none)");
  EXPECT_EQ(read("/etc/passwd/x"), "(none)");
}

TEST_F(LayeredTreeTest, LinksStayInside) {
  write(2, "/etc/real", "inside");
  link(1, "/etc/passwd", "/../../etc/real");
  link(0, "/conf", "etc");
  EXPECT_EQ(read("/etc/passwd"), "inside");
  EXPECT_EQ(read("/conf/passwd"), "inside");
  link(0, "/etc/host", "/proc/version");
  EXPECT_EQ(read("/etc/host"), "(none)");
}

TEST_F(LayeredTreeTest, ALoopOfLinksIsAnError) {
  link(0, "/etc/a", "b");
  link(0, "/etc/b", "a");
  EXPECT_NE(read("/etc/a").find("too many"), std::string::npos);
}

TEST_F(LayeredTreeTest, AFolderHidesAFileBelowAndAFileHidesAFolder) {
  write(2, "/etc/x", "base");
  ASSERT_TRUE(make_folders(at(1, "/etc/x")));
  EXPECT_EQ(read("/etc/x"), "(none)");
  write(2, "/etc/group", "base");
  ASSERT_TRUE(remove_tree(at(1, "/etc")));
  write(1, "/etc", "a file");
  EXPECT_EQ(read("/etc/group"), "(none)");
}

TEST_F(LayeredTreeTest, OnlyRegularFilesAreRead) {
  ASSERT_EQ(mkfifo(at(0, "/etc/passwd").c_str(), 0600), 0);
  write(2, "/etc/passwd", "base");
  EXPECT_EQ(read("/etc/passwd"), "(none)");
}

TEST_F(LayeredTreeTest, WhiteoutsHide) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to make a device node";
  write(2, "/etc/passwd", "base");
  ASSERT_EQ(mknod(at(1, "/etc/passwd").c_str(), S_IFCHR, makedev(0, 0)), 0);
  EXPECT_EQ(read("/etc/passwd"), "(none)");
  write(0, "/etc/passwd", "again");
  EXPECT_EQ(read("/etc/passwd"), "again");
}

TEST_F(LayeredTreeTest, OpaqueFoldersHideThoseBelow) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root for trusted.* attributes";
  write(2, "/etc/passwd", "base");
  write(1, "/etc/group", "middle");
  ASSERT_EQ(setxattr(at(1, "/etc").c_str(), "trusted.overlay.opaque", "y", 1, 0), 0);
  EXPECT_EQ(read("/etc/passwd"), "(none)");
  EXPECT_EQ(read("/etc/group"), "middle");
}

}  // namespace
}  // namespace gantry::engine
