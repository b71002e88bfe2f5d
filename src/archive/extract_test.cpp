#include "archive/extract.hpp"
#include "archive/test_support.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;

namespace {

/// Unpacks into `root` below a folder that also holds `outside`, which nothing may touch.
class Extract : public testing::Test {
 protected:
  void SetUp() override {
    shell("cd " + place_.path() + "; mkdir root outside; echo secret >outside/file; ln -s ../outside root/out");
    options_.ignore_owner = geteuid() != 0;
    before_ = describe_tree(place_ / "outside");
  }
  void TearDown() override { EXPECT_EQ(describe_tree(place_ / "outside"), before_); }

  Result<Extracted> unpack(Bytes archive) {
    MemorySource source(archive);
    return extract(source, TRY(open_folder(root())), options_);
  }
  Result<Extracted> unpack(const std::vector<Member>& members) { return unpack(Bytes(make_archive(members))); }
  void must(const std::vector<Member>& members) {
    auto unpacked = unpack(members);
    ASSERT_TRUE(unpacked) << unpacked.error().message();
  }
  Code refused(const std::vector<Member>& members) {
    auto unpacked = unpack(members);
    EXPECT_FALSE(unpacked);
    return unpacked ? Code::failed : unpacked.error().code();
  }
  std::string root() const { return place_ / "root"; }
  std::string at(std::string_view path) const { return root() + "/" + std::string(path); }
  std::string text(std::string_view path) const { return read_file(at(path)).value_or("(none)"); }
  struct stat info(std::string_view path) const {
    struct stat info {};
    EXPECT_EQ(lstat(at(path).c_str(), &info), 0) << path;
    return info;
  }
  bool exists(std::string_view path) const { return path_exists(at(path)); }
  bool is_opaque(std::string_view path) const {
    char value[8] = {};
    return lgetxattr(at(path).c_str(), "trusted.overlay.opaque", value, sizeof value) == 1 && value[0] == 'y';
  }
  bool is_whiteout(std::string_view path) const { return S_ISCHR(info(path).st_mode) && info(path).st_rdev == 0; }

  TemporaryFolder place_;
  ExtractOptions options_;
  std::string before_;
};

#define NEEDS_ROOT() \
  if (geteuid() != 0) GTEST_SKIP() << "only root can do this"

Member whiteout(std::string path) { return file(std::move(path), ""); }

}  // namespace

TEST_F(Extract, MakesEveryKindOfFile) {
  Member f = file("d/f", "data");
  f.entry.mode = 04755;
  f.entry.mtime += 123'456'789;
  must({folder("d", 01777), f, link(Kind::hardlink, "d/hard", "d/f"), link(Kind::symlink, "soft", "d/f"),
        link(Kind::fifo, "fifo", "")});
  EXPECT_EQ(text("d/f"), "data");
  EXPECT_EQ(info("d/f").st_mode, S_IFREG | 04755u);
  EXPECT_EQ(info("d/f").st_mtim.tv_sec, 1'700'000'000);
  EXPECT_EQ(info("d/f").st_mtim.tv_nsec, 123'456'789);
  EXPECT_EQ(info("d/f").st_ino, info("d/hard").st_ino);
  EXPECT_EQ(info("d").st_mode, S_IFDIR | 01777u);
  EXPECT_EQ(info("d").st_mtim.tv_sec, 1'600'000'000);
  EXPECT_TRUE(S_ISLNK(info("soft").st_mode));
  EXPECT_TRUE(S_ISFIFO(info("fifo").st_mode));
}

TEST_F(Extract, GivesFilesToTheirOwners) {
  NEEDS_ROOT();
  Member f = file("f", "x");
  f.entry.uid = 1234;
  f.entry.gid = 70000;
  f.entry.mode = 04711;
  Member s = link(Kind::symlink, "s", "f");
  s.entry.uid = 99;
  Member null = link(Kind::character, "null", "");
  null.entry.mode = 0666;
  null.entry.major = 1;
  null.entry.minor = 3;
  must({f, s, null});
  EXPECT_EQ(info("f").st_uid, 1234u);
  EXPECT_EQ(info("f").st_gid, 70000u);
  EXPECT_EQ(info("f").st_mode, S_IFREG | 04711u);
  EXPECT_EQ(info("s").st_uid, 99u);
  EXPECT_EQ(info("null").st_rdev, makedev(1, 3));
  EXPECT_EQ(info("null").st_mode, S_IFCHR | 0666u);
}

TEST_F(Extract, KeepsHoles) {
  Member sparse = file("s", "abcd");
  sparse.entry.size = 10'000'000;
  sparse.entry.extents = {{5'000'000, 4}};
  Member hole = file("hole", "");
  hole.entry.size = 1 << 20;
  hole.entry.extents.emplace();
  must({sparse, hole});
  EXPECT_EQ(info("s").st_size, 10'000'000);
  EXPECT_LT(info("s").st_blocks, 100);
  EXPECT_EQ(text("s").substr(4'999'999, 6), std::string("\0abcd\0", 6));
  EXPECT_EQ(info("hole").st_size, 1 << 20);
}

TEST_F(Extract, MakesParentsThatAreMissing) {
  must({file("a/b/c", "x"), file("a/d", "y")});
  EXPECT_EQ(text("a/b/c"), "x");
  EXPECT_EQ(info("a/b").st_mode, S_IFDIR | 0755u);
}

TEST_F(Extract, LetsTheLastOfTwoEntriesCount) {
  must({file("a", "one"), file("a", "two"), folder("b"), file("b/c", "x"), file("b", "now a file"),
        link(Kind::symlink, "c", "a"), folder("c"), file("c/d", "y"), folder("e", 0700), folder("e", 0711)});
  EXPECT_EQ(text("a"), "two");
  EXPECT_EQ(text("b"), "now a file");
  EXPECT_EQ(text("c/d"), "y");
  EXPECT_EQ(info("e").st_mode, S_IFDIR | 0711u);
}

TEST_F(Extract, ForgetsTheFolderThatHasBeenReplaced) {
  must({folder("a"), file("a/x", "1"), folder("b"), folder("a"), file("a/y", "2"), link(Kind::symlink, "a", "b"),
        file("a/z", "3")});
  EXPECT_EQ(text("b/z"), "3");
}

TEST_F(Extract, KeepsFilesInAFolderThatForbidsThem) {
  must({folder("closed", 0), file("closed/f", "x"), folder("closed/d", 0555), file("closed/d/g", "y")});
  EXPECT_EQ(info("closed").st_mode, S_IFDIR | 0u);
  EXPECT_EQ(chmod(at("closed").c_str(), 0700), 0);
  EXPECT_EQ(text("closed/d/g"), "y");
}

TEST_F(Extract, SetsTheRootsOwnMetadata) {
  must({folder("./", 0750)});
  EXPECT_EQ(info("").st_mode, S_IFDIR | 0750u);
  EXPECT_EQ(info("").st_mtim.tv_sec, 1'600'000'000);
  EXPECT_EQ(refused({link(Kind::symlink, ".", "outside")}), Code::invalid);
}

TEST_F(Extract, RefusesPathsThatLeadUpwards) {
  EXPECT_EQ(refused({file("../outside/file", "x")}), Code::invalid);
  EXPECT_EQ(refused({file("a/../../outside/file", "x")}), Code::invalid);
  EXPECT_EQ(refused({folder("..")}), Code::invalid);
  EXPECT_EQ(refused({link(Kind::hardlink, "a", "../outside/file")}), Code::invalid);
}

TEST_F(Extract, TakesAbsolutePathsFromTheRoot) {
  must({file("/etc/x", "inside"), link(Kind::hardlink, "y", "/etc/x")});
  EXPECT_EQ(text("etc/x"), "inside");
  EXPECT_EQ(text("y"), "inside");
}

TEST_F(Extract, StaysInsideBehindASymlinkToAFolder) {
  must({folder("home"), link(Kind::symlink, "abs", "/home"), file("abs/f", "x"),
        link(Kind::symlink, "up", "../../../home"), file("up/g", "y")});
  EXPECT_EQ(text("home/f"), "x");
  EXPECT_EQ(text("home/g"), "y");
  // root/out leads to ../outside, which inside the root does not exist.
  EXPECT_EQ(refused({file("out/file", "x")}), Code::invalid);
}

TEST_F(Extract, ReplacesASymlinkAndNeverWritesThroughIt) {
  must({file("out", "x")});
  EXPECT_EQ(text("out"), "x");
  must({link(Kind::symlink, "l", place_ / "outside/file"), file("l", "y")});
  EXPECT_EQ(text("l"), "y");
  must({link(Kind::symlink, "d", place_ / "outside"), folder("d", 0777)});
  EXPECT_TRUE(S_ISDIR(info("d").st_mode));
}

TEST_F(Extract, SetsNoModeThroughASymlinkThatTookAFoldersPlace) {
  must({folder("d", 0777), link(Kind::symlink, "d", place_ / "outside"), folder("e", 0700), folder("e/f", 0777),
        link(Kind::symlink, "e", place_ / "outside")});
  EXPECT_TRUE(S_ISLNK(info("d").st_mode));
}

TEST_F(Extract, LinksToTheSymlinkItself) {
  must({link(Kind::symlink, "l", place_ / "outside/file"), link(Kind::hardlink, "h", "l")});
  EXPECT_TRUE(S_ISLNK(info("h").st_mode));
  must({file("h", "x")});
  EXPECT_EQ(text("h"), "x");
}

TEST_F(Extract, LinksInsideTheRootOnly) {
  EXPECT_NE(refused({link(Kind::hardlink, "h", "out/file")}), Code::failed);
  EXPECT_FALSE(exists("h"));
  EXPECT_EQ(refused({link(Kind::hardlink, "h", "nothing")}), Code::not_found);
  EXPECT_EQ(refused({link(Kind::hardlink, "h", "/")}), Code::invalid);
}

TEST_F(Extract, LinksAFileToItself) {
  must({file("a", "x"), link(Kind::hardlink, "a", "./a"), file("b", "y"), link(Kind::hardlink, "b", "a")});
  EXPECT_EQ(text("a"), "x");
  EXPECT_EQ(text("b"), "x");
}

TEST_F(Extract, RefusesALoopOfSymlinks) {
  EXPECT_NE(refused({link(Kind::symlink, "a", "b"), link(Kind::symlink, "b", "a"), file("a/f", "x")}), Code::exists);
  EXPECT_TRUE(S_ISLNK(info("a").st_mode));
}

TEST_F(Extract, RefusesAFileAsAFolder) {
  EXPECT_EQ(refused({file("a", "x"), file("a/b", "y")}), Code::invalid);
  EXPECT_EQ(refused({link(Kind::fifo, "p", ""), file("p/b", "y")}), Code::invalid);
}

TEST_F(Extract, RefusesNamesThatTheKernelCannotTake) {
  EXPECT_FALSE(unpack({file(std::string(300, 'n'), "x")}));
  std::string deep;
  for (int i = 0; i < 3000; ++i) deep += "d/";
  EXPECT_FALSE(unpack({file(deep + "f", "x")}));
}

TEST_F(Extract, RefusesDeviceNumbersThatWouldBecomeOthers) {
  Member device = link(Kind::block, "sda", "");
  device.entry.major = 0x1008;
  EXPECT_EQ(refused({device}), Code::invalid);
}

TEST_F(Extract, LeavesDevicesOutWhenAskedTo) {
  options_.ignore_devices = true;
  Member device = link(Kind::block, "sda", "");
  device.entry.major = 8;
  must({device, file("f", "x")});
  EXPECT_FALSE(exists("sda"));
  EXPECT_TRUE(exists("f"));
}

TEST_F(Extract, StopsAtItsLimits) {
  options_.max_bytes = 10;
  must({file("a", "12345"), file("b", "12345")});
  EXPECT_EQ(refused({file("a", "12345"), file("b", "123456")}), Code::no_space);
  options_.max_entries = 2;
  must({folder("a"), folder("b")});
  EXPECT_EQ(refused({folder("a"), folder("b"), folder("c")}), Code::no_space);
}

TEST_F(Extract, SaysWhatItUnpacked) {
  auto unpacked = unpack({folder("d"), file("d/f", "12345")});
  ASSERT_TRUE(unpacked);
  EXPECT_EQ(unpacked->entries, 2u);
  EXPECT_EQ(unpacked->bytes, 5u);
}

TEST_F(Extract, CarriesTheErrorOfATruncatedArchive) {
  auto archive = make_archive({file("f", std::string(5000, 'x'))});
  auto unpacked = unpack(Bytes(archive).first(3000));
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().code(), Code::corrupt);
}

TEST_F(Extract, KeepsTheAttributesThatALayerMayHave) {
  NEEDS_ROOT();
  Member f = file("f", "x");
  std::string capability("\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20);
  f.entry.xattrs = {{"user.a", "1"},
                    {"security.capability", capability},
                    {"trusted.overlay.redirect", "/etc"},
                    {"user.overlay.opaque", "y"},
                    {"security.selinux", "x"}};
  f.entry.uid = 5;
  must({f});
  char value[64];
  EXPECT_EQ(lgetxattr(at("f").c_str(), "user.a", value, sizeof value), 1);
  EXPECT_EQ(lgetxattr(at("f").c_str(), "security.capability", value, sizeof value), 20);
  EXPECT_LT(lgetxattr(at("f").c_str(), "trusted.overlay.redirect", value, sizeof value), 0);
  EXPECT_LT(lgetxattr(at("f").c_str(), "user.overlay.opaque", value, sizeof value), 0);
  options_.xattrs = false;
  must({f});
  EXPECT_LT(lgetxattr(at("f").c_str(), "user.a", value, sizeof value), 0);
}

TEST_F(Extract, TurnsWhiteoutsIntoOverlayMarks) {
  NEEDS_ROOT();
  must({folder("d"), whiteout("d/.wh.gone"), folder("o"), whiteout("o/.wh..wh..opq"), whiteout("made/.wh.x"),
        whiteout(".wh..wh.aufs")});
  EXPECT_TRUE(is_whiteout("d/gone"));
  EXPECT_TRUE(is_opaque("o"));
  EXPECT_TRUE(is_whiteout("made/x"));
  EXPECT_FALSE(exists(".wh..wh.aufs"));
}

TEST_F(Extract, MarksAFolderThatReplacesALowerOne) {
  NEEDS_ROOT();
  // Whichever comes first, and whether or not the folder has an entry of its own.
  must({whiteout(".wh.a"), folder("a"), file("a/f", "x"), folder("b"), file("b/f", "x"), whiteout(".wh.b"),
        whiteout(".wh.c"), file("c/f", "x"), file("d", "x"), whiteout(".wh.d")});
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_TRUE(is_opaque(name)) << name;
    EXPECT_EQ(text(std::string(name) + "/f"), "x");
  }
  EXPECT_EQ(text("d"), "x");
}

TEST_F(Extract, MarksForMountsInAUserNamespace) {
  options_.user_xattr = true;
  must({folder("o"), whiteout("o/.wh..wh..opq")});
  char value[8];
  EXPECT_EQ(lgetxattr(at("o").c_str(), "user.overlay.opaque", value, sizeof value), 1);
}

TEST_F(Extract, AppliesWhiteouts) {
  must({folder("d"), file("d/old", "1"), file("d/kept", "2"), folder("o"), file("o/old", "3"), folder("o/sub"),
        file("o/sub/old", "4"), file("gone/deep/f", "5")});
  options_.whiteouts = Whiteouts::apply;
  must({whiteout("d/.wh.old"), file("o/new", "6"), file("o/sub/new", "7"), whiteout("o/.wh..wh..opq"),
        whiteout(".wh.gone"), whiteout("nowhere/.wh.f"), whiteout("nowhere/.wh..wh..opq")});
  EXPECT_FALSE(exists("d/old"));
  EXPECT_EQ(text("d/kept"), "2");
  EXPECT_FALSE(exists("o/old"));
  EXPECT_FALSE(exists("o/sub/old"));
  EXPECT_EQ(text("o/new"), "6");
  EXPECT_EQ(text("o/sub/new"), "7");
  EXPECT_FALSE(exists("gone"));
  EXPECT_FALSE(exists("nowhere"));
}

TEST_F(Extract, SparesWhatTheLayerBringsItself) {
  must({folder("d"), file("d/lower", "1")});
  options_.whiteouts = Whiteouts::apply;
  must({folder("d"), file("d/own", "2"), whiteout(".wh.d"), file("f", "3"), whiteout(".wh.f")});
  EXPECT_FALSE(exists("d/lower"));
  EXPECT_EQ(text("d/own"), "2");
  EXPECT_EQ(text("f"), "3");
}

TEST_F(Extract, AppliesNoWhiteoutThroughASymlink) {
  options_.whiteouts = Whiteouts::apply;
  must({whiteout("out/.wh.file"), whiteout("out/.wh..wh..opq")});
  must({link(Kind::symlink, "abs", place_ / "outside"), whiteout("abs/.wh.file"), whiteout("abs/.wh..wh..opq")});
  must({whiteout(".wh.out")});
  EXPECT_FALSE(exists("out"));
}

TEST_F(Extract, FollowsASymlinkToTheFolderThatIsOpaque) {
  must({folder("home"), file("home/old", "x"), link(Kind::symlink, "abs", "/home")});
  options_.whiteouts = Whiteouts::apply;
  must({whiteout("abs/.wh..wh..opq")});
  EXPECT_FALSE(exists("home/old"));
  EXPECT_TRUE(exists("home"));
}

TEST_F(Extract, RefusesStrangeWhiteouts) {
  for (auto mode : {Whiteouts::overlay, Whiteouts::apply}) {
    options_.whiteouts = mode;
    for (const char* path : {".wh.", ".wh..", ".wh...", "a/.wh...", ".wh.a/b"})
      EXPECT_EQ(refused({whiteout(path)}), Code::invalid) << path;
  }
}

TEST_F(Extract, UnpacksWhatOtherToolsPack) {
  NEEDS_ROOT();
  shell("cd " + place_.path() + R"(; mkdir -p t/d; cd t
    echo x >d/f; chown 12:34 d/f; chmod 4755 d/f; ln d/f hard; ln -s d/f soft; mkfifo p; mknod null c 1 3
    truncate -s 3M sparse; echo y >>sparse; touch -d @1500000000.123 d/f d .)");
  set_xattr(place_ / "t/d/f", "user.a", "b");
  for (const char* format : {"gnu", "pax --xattrs", "pax --sparse-version=0.1"}) {
    shell("rm -rf " + root() + "; mkdir " + root());
    shell("cd " + place_.path() + "; tar -S --format=" + format + " -C t -cf a.tar .");
    auto archive = file_bytes(place_ / "a.tar");
    auto unpacked = unpack(archive);
    ASSERT_TRUE(unpacked) << unpacked.error().message();
    shell("cd " + place_.path() + "; rm -rf peer; mkdir peer; tar -S --xattrs -C peer -xpf a.tar");
    EXPECT_EQ(describe_tree(root()), describe_tree(place_ / "peer")) << format;
  }
}
