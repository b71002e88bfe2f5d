#include "linux/path.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include <gtest/gtest.h>

namespace gantry::linux {
namespace {

/// A root folder beside one that stands for the host: nothing may be opened or made in it.
class Path : public testing::Test {
 protected:
  Path() {
    EXPECT_NE(mkdtemp(work_.data()), nullptr);
    host_ = work_ + "/host";
    EXPECT_TRUE(make_folders(host_, 0755));
    EXPECT_TRUE(replace_file(host_ + "/secret", "x", 0644, Sync::no));
    EXPECT_TRUE(make_folders(work_ + "/root/dir", 0755));
    root_ = open_file(work_ + "/root", O_PATH | O_DIRECTORY).value();
  }
  ~Path() override { best_effort(remove_tree(work_)); }

  void link(const std::string& target, const std::string& name) {
    ASSERT_EQ(symlink(target.c_str(), (work_ + "/root/" + name).c_str()), 0);
  }
  bool in_root(const std::string& name) { return path_exists(work_ + "/root/" + name); }
  std::size_t files_of_host() { return list_folder(host_).value().size(); }

  std::string work_ = "/tmp/gantry-path-XXXXXX";
  std::string host_;
  Fd root_;
};

TEST_F(Path, CleansLexically) {
  EXPECT_EQ(clean_path("/a//b/../c/."), "/a/c");
  EXPECT_EQ(clean_path("/../.."), "/");
  EXPECT_EQ(clean_path("a/b"), "/a/b");
  EXPECT_EQ(clean_path(""), "/");
}

TEST_F(Path, OpensWhatIsInTheRootAlone) {
  ASSERT_TRUE(replace_file(work_ + "/root/file", "inside", 0644, Sync::no));
  link("/file", "absolute");
  link("../../../file", "upwards");
  for (const char* path : {"file", "/file", "absolute", "upwards", "dir/../file", "../file"})
    EXPECT_TRUE(open_in_root(root_, path, O_RDONLY)) << path;
  link(host_ + "/secret", "out");
  EXPECT_EQ(open_in_root(root_, "out", O_RDONLY).error().os_error(), ENOENT);
}

TEST_F(Path, OpensNoMagicLink) {
  Fd proc = open_file("/proc", O_PATH | O_DIRECTORY).value();
  EXPECT_EQ(open_in_root(proc, "self/fd/0", O_RDONLY).error().os_error(), ELOOP);
}

TEST_F(Path, MeetsNoLinkBeneath) {
  ASSERT_TRUE(replace_file(work_ + "/root/file", "", 0644, Sync::no));
  link("file", "link");
  EXPECT_TRUE(open_beneath(root_, "file", O_RDONLY));
  EXPECT_EQ(open_beneath(root_, "link", O_RDONLY).error().os_error(), ELOOP);
  EXPECT_EQ(open_beneath(root_, "../host/secret", O_RDONLY).error().os_error(), EXDEV);
}

TEST_F(Path, MakesFoldersAndFilesInside) {
  EXPECT_TRUE(open_or_make_in_root(root_, "/new/folder", NodeKind::folder));
  EXPECT_TRUE(open_or_make_in_root(root_, "/new/file", NodeKind::file));
  EXPECT_TRUE(in_root("new/folder"));
  EXPECT_TRUE(in_root("new/file"));
  EXPECT_TRUE(open_or_make_in_root(root_, "/new/file", NodeKind::file)) << "it is there already";
}

TEST_F(Path, MakesNothingOutside) {
  link(host_, "out");
  link(host_ + "/new", "dangling");
  link("../../host", "relative");
  for (const char* path : {"/out/made", "/dangling", "/dangling/made", "/relative/made"}) {
    best_effort(open_or_make_in_root(root_, path, NodeKind::folder));
    best_effort(open_or_make_in_root(root_, path, NodeKind::file));
    best_effort(place_in_root(root_, path));
  }
  EXPECT_EQ(files_of_host(), 1u);
}

TEST_F(Path, RefusesLinksWhereAPlainFolderIsWanted) {
  link("dir", "link");
  EXPECT_TRUE(open_or_make_plain_folder(root_, "/dir/below"));
  EXPECT_TRUE(in_root("dir/below"));
  auto refused = open_or_make_plain_folder(root_, "/link/below2");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Code::denied);
  EXPECT_FALSE(in_root("dir/below2"));
}

TEST_F(Path, NamesThePlaceOfALastComponentThatIsALink) {
  link(host_ + "/secret", "dir/link");
  auto place = place_in_root(root_, "/dir/link");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->name, "link");
  struct stat info;
  ASSERT_EQ(fstatat(place->folder.get(), "link", &info, AT_SYMLINK_NOFOLLOW), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode)) << "it is the caller's to look at";
  EXPECT_FALSE(place_in_root(root_, "/"));
}

}  // namespace
}  // namespace gantry::linux
