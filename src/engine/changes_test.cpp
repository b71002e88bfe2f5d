#include "engine/changes.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace gantry::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Changes : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-changes.XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root = name;
    for (const char* folder : {"/upper", "/lower"}) ASSERT_TRUE(make_folders(root + folder));
  }
  void TearDown() override { best_effort(remove_tree(root)); }

  void file(const std::string& path) {
    ASSERT_TRUE(make_folders(root + path.substr(0, path.rfind('/'))));
    ASSERT_TRUE(replace_file(root + path, path));
  }
  /// A folder in both, as a copy of overlayfs leaves it.
  void copy_folder(const std::string& path) {
    for (const char* side : {"/upper", "/lower"}) {
      ASSERT_TRUE(make_folders(root + side + path));
      const timespec times[] = {{1000, 0}, {1000, 0}};
      ASSERT_EQ(utimensat(AT_FDCWD, (root + side + path).c_str(), times, 0), 0);
    }
  }

  std::vector<std::string> changes(bool with_lower = true) {
    Fd lower = with_lower ? open_folder(root + "/lower").value() : Fd();
    auto found = changes_of(open_folder(root + "/upper").value(), lower);
    EXPECT_TRUE(found) << found.error().message();
    std::vector<std::string> lines;
    for (const auto& [kind, path] : *found) lines.push_back(std::string(1, "CAD"[static_cast<int>(kind)]) + " " + path);
    return lines;
  }

  std::string root;
};

TEST_F(Changes, AreWhatCameAndWhatIsDifferent) {
  file("/lower/etc/old");
  file("/lower/etc/stays");
  file("/upper/etc/old");
  file("/upper/etc/new");
  file("/upper/folder/in/it");
  EXPECT_THAT(changes(),
              ElementsAre("C /etc", "A /etc/new", "C /etc/old", "A /folder", "A /folder/in", "A /folder/in/it"));
}

TEST_F(Changes, AreAllNewWithoutALowerTree) {
  file("/upper/a/b");
  EXPECT_THAT(changes(false), ElementsAre("A /a", "A /a/b"));
}

TEST_F(Changes, LeaveOutFoldersThatOnlyHoldThem) {
  file("/lower/a/b/file");
  file("/upper/a/b/file");
  copy_folder("/a/b");
  copy_folder("/a");
  EXPECT_THAT(changes(), ElementsAre("C /a/b/file"));
  file("/upper/a/b/new");
  copy_folder("/a/b");
  EXPECT_THAT(changes(), ElementsAre("C /a/b", "C /a/b/file", "A /a/b/new"));
}

TEST_F(Changes, DoNotFollowLinksOfTheLowerTree) {
  ASSERT_EQ(symlink("/etc", (root + "/lower/link").c_str()), 0);
  file("/upper/link/passwd");
  EXPECT_THAT(changes(), ElementsAre("C /link", "A /link/passwd"));
}

TEST_F(Changes, AreWhiteoutsOfWhatWasThere) {
  if (mknod((root + "/upper/gone").c_str(), S_IFCHR, 0) < 0) GTEST_SKIP() << "whiteouts cannot be made here";
  ASSERT_EQ(mknod((root + "/upper/never").c_str(), S_IFCHR, 0), 0);
  file("/lower/gone");
  EXPECT_THAT(changes(), ElementsAre("D /gone"));
  // What was whited out below is not there.
  ASSERT_TRUE(remove_file(root + "/lower/gone"));
  ASSERT_EQ(mknod((root + "/lower/gone").c_str(), S_IFCHR, 0), 0);
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(Changes, BetweenTreesAreWhatIsInOneAlone) {
  file("/lower/a/old");
  file("/upper/a/new");
  file("/lower/a/both");
  ASSERT_EQ(link((root + "/lower/a/both").c_str(), (root + "/upper/a/both").c_str()), 0);
  file("/lower/size");
  file("/upper/size");
  ASSERT_TRUE(replace_file(root + "/upper/size", "longer than it was"));
  copy_folder("/a");
  auto found = changes_between(open_folder(root + "/upper").value(), open_folder(root + "/lower").value());
  ASSERT_TRUE(found) << found.error().message();
  EXPECT_THAT(*found, ElementsAre(Change{ChangeKind::changed, "/a"}, Change{ChangeKind::added, "/a/new"},
                                  Change{ChangeKind::deleted, "/a/old"}, Change{ChangeKind::changed, "/size"}));
}

TEST_F(Changes, AreWhatAnOpaqueFolderHides) {
  file("/lower/a/old");
  file("/lower/a/both");
  file("/upper/a/both");
  if (setxattr((root + "/upper/a").c_str(), "user.overlay.opaque", "y", 1, 0) < 0) GTEST_SKIP() << "no attributes here";
  EXPECT_THAT(changes(), ElementsAre("C /a", "C /a/both", "D /a/old"));
}

}  // namespace
}  // namespace gantry::engine
