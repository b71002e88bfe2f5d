#include "erofs/tree.hpp"

#include "archive/layer_path.hpp"
#include "erofs/test_support.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <random>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;
using namespace gantry::erofs;
using namespace gantry::erofs::test;

namespace {

class ErofsTree : public WriteLayer {};

/// Few names, so that entries meet: they replace each other, lie below symlinks and are links of each other.
std::vector<Member> random_layer(unsigned seed) {
  std::mt19937 random(seed);
  auto any = [&](auto... values) {
    std::string list[] = {values...};
    return list[random() % sizeof...(values)];
  };
  auto path = [&] {
    std::string path = any("a", "b", "c", "d");
    while (random() % 3 == 0) path += "/" + any("a", "b", "x", "y");
    return path;
  };
  std::vector<Member> members;
  for (unsigned count = random() % 12 + 2; members.size() < count;) {
    std::string at = path();
    auto [above, name] = split_path(at);
    std::string in(above.empty() ? "" : std::string(above) + "/");
    switch (random() % 8) {
      case 0:
      case 1:
        members.push_back(file(at, data_of(random() % 6000)));
        break;
      case 2:
      case 3:
        members.push_back(folder(at, 0700 + random() % 0100));
        break;
      case 4:
        members.push_back(link(Kind::symlink, at, any("", "/", "../", "./", "x/../") + path()));
        break;
      case 5:
        members.push_back(
            link(Kind::hardlink, at, members.empty() ? path() : members[random() % members.size()].entry.path));
        break;
      case 6:
        members.push_back(whiteout(in + ".wh." + std::string(name)));
        break;
      default:
        members.push_back(whiteout(in + ".wh..wh..opq"));
    }
  }
  return members;
}

}  // namespace

TEST_F(ErofsTree, MakesParentsThatAreMissing) {
  must({file("a/b/c", "x")});
  auto folder = view("a/b");
  EXPECT_EQ(folder.mode, S_IFDIR | 0755u);
  EXPECT_EQ(folder.mtime, 0);
  EXPECT_EQ(folder.links, 2u);
  EXPECT_EQ(view("a").links, 3u);
  EXPECT_EQ(text("a/b/c"), "x");
}

TEST_F(ErofsTree, LetsTheLastOfTwoEntriesCount) {
  same_as_extracted({file("a", "one"), file("a", "two"), folder("b"), file("b/c", "x"), file("b", "now a file"),
                     link(Kind::symlink, "c", "a"), folder("c"), file("c/d", "y"), folder("e", 0700), folder("e", 0711),
                     file("h", "1"), link(Kind::hardlink, "i", "h"), file("h", "2"), folder("gone"),
                     folder("gone/deep"), file("gone/deep/f", "x"), link(Kind::hardlink, "kept", "gone/deep/f"),
                     link(Kind::symlink, "gone", "nowhere")});
}

TEST_F(ErofsTree, FollowsSymlinksInsideTheLayerOnly) {
  same_as_extracted({folder("home"), folder("home/deep"), link(Kind::symlink, "abs", "/home"), file("abs/f", "x"),
                     link(Kind::symlink, "up", "../../../home//deep/.."), file("up/g", "y"),
                     link(Kind::symlink, "chain", "./up/deep/"), file("chain/h", "z"), folder("abs/sub", 0700),
                     link(Kind::hardlink, "i", "abs/f"), folder("home", 0711), folder("abs/deep", 0701)});
  EXPECT_EQ(refused({link(Kind::symlink, "out", "../outside"), file("out/file", "x")}), Code::invalid);
  EXPECT_EQ(refused({link(Kind::symlink, "a", "b"), link(Kind::symlink, "b", "a"), file("a/f", "x")}), Code::failed);
}

TEST_F(ErofsTree, ForgetsTheFolderThatHasBeenReplaced) {
  same_as_extracted({folder("a"), file("a/x", "1"), folder("b"), folder("a"), file("a/y", "2"),
                     link(Kind::symlink, "a", "b"), file("a/z", "3"), folder("b")});
}

TEST_F(ErofsTree, RefusesPathsThatLeadUpwards) {
  EXPECT_EQ(refused({file("../outside/file", "x")}), Code::invalid);
  EXPECT_EQ(refused({file("a/../../outside/file", "x")}), Code::invalid);
  EXPECT_EQ(refused({folder("..")}), Code::invalid);
  EXPECT_EQ(refused({link(Kind::hardlink, "a", "../outside/file")}), Code::invalid);
  EXPECT_EQ(refused({link(Kind::symlink, ".", "outside")}), Code::invalid);
}

TEST_F(ErofsTree, TakesAbsolutePathsFromTheRoot) {
  must({file("/etc/x", "inside"), link(Kind::hardlink, "y", "/etc/x")});
  EXPECT_EQ(text("etc/x"), "inside");
  EXPECT_EQ(text("y"), "inside");
  EXPECT_EQ(view("y").links, 2u);
}

TEST_F(ErofsTree, LinksInsideTheLayerOnly) {
  EXPECT_EQ(refused({link(Kind::hardlink, "h", "nothing")}), Code::not_found);
  EXPECT_EQ(refused({link(Kind::hardlink, "h", "/")}), Code::invalid);
  EXPECT_EQ(refused({folder("d"), link(Kind::hardlink, "h", "d")}), Code::denied);
  EXPECT_EQ(refused({file("d/f", "x"), link(Kind::hardlink, "d", "d/f")}), Code::not_found);
  must({file("a", "x"), link(Kind::hardlink, "a", "./a"), file("b", "y"), link(Kind::hardlink, "b", "a")});
  EXPECT_EQ(text("b"), "x");
  EXPECT_EQ(view("b").links, 2u);
}

TEST_F(ErofsTree, RefusesAFileAsAFolder) {
  EXPECT_EQ(refused({file("a", "x"), file("a/b", "y")}), Code::invalid);
  EXPECT_EQ(refused({link(Kind::fifo, "p", ""), file("p/b", "y")}), Code::invalid);
}

TEST_F(ErofsTree, GoesDeeperThanAStackCould) {
  std::vector<Member> members;
  std::string half;
  for (int i = 0; i < 2000; ++i) half += "d/";
  std::string top;
  for (int i = 0; i < 20; ++i) {
    members.push_back(file(top + half + "f", "x"));
    members.push_back(link(Kind::symlink, fmt::format("l{}", i), top + half));
    top = fmt::format("l{}/", i);
  }
  members.push_back(link(Kind::symlink, "d", "gone"));
  auto written = write(members);
  ASSERT_TRUE(written) << written.error().message();
  EXPECT_EQ(files().size(), 22u);
}

TEST_F(ErofsTree, RefusesPathsThatAreNothingButFolders) {
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "d/";
  std::vector<Member> members;
  for (int i = 0; i < 150; ++i) members.push_back(file(std::to_string(i) + "/" + deep + "f", ""));
  EXPECT_EQ(refused(members), Code::invalid);
}

TEST_F(ErofsTree, TurnsWhiteoutsIntoOverlayMarks) {
  same_as_extracted({folder("d"), whiteout("d/.wh.gone"), folder("o"), whiteout("o/.wh..wh..opq"), folder("made"),
                     whiteout("made/.wh.x"), whiteout(".wh..wh.aufs"), folder(".wh..wh.plnk"),
                     file(".wh..wh.plnk/f", "x")});
  EXPECT_TRUE(is_whiteout("d/gone"));
  EXPECT_TRUE(is_opaque("o"));
  EXPECT_FALSE(exists(".wh..wh.aufs"));
  options_.user_xattr = true;
  same_as_extracted({folder("o"), whiteout("o/.wh..wh..opq")});
}

TEST_F(ErofsTree, MarksAFolderThatReplacesALowerOne) {
  // Whichever comes first, and whether or not the folder has an entry of its own.
  std::vector<Member> members{whiteout(".wh.a"), folder("a"),       file("a/f", "x"),  folder("b"),
                              file("b/f", "x"),  whiteout(".wh.b"), whiteout(".wh.c"), file("c/f", "x"),
                              file("d", "x"),    whiteout(".wh.d")};
  must(members);
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_TRUE(is_opaque(name)) << name;
    EXPECT_EQ(text(std::string(name) + "/f"), "x");
  }
  EXPECT_EQ(text("d"), "x");
  members.push_back(folder("c"));
  same_as_extracted(members);
}

TEST_F(ErofsTree, RefusesStrangeWhiteouts) {
  for (const char* path : {".wh.", ".wh..", ".wh...", "a/.wh...", ".wh.a/b"})
    EXPECT_EQ(refused({whiteout(path)}), Code::invalid) << path;
}

TEST_F(ErofsTree, LeavesDevicesOutWhenAskedTo) {
  options_.ignore_devices = true;
  Member device = link(Kind::block, "sda", "");
  device.entry.major = 8;
  must({device, file("f", "x"), whiteout(".wh.w")});
  EXPECT_FALSE(exists("sda"));
  EXPECT_TRUE(is_whiteout("w"));
}

TEST_F(ErofsTree, AgreesWithExtractAboutRandomLayers) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can do this";
  for (unsigned seed = 0; seed < 60; ++seed) {
    auto members = random_layer(seed);
    agrees_with_extract(members);
    if (!HasFailure()) continue;
    for (const Member& member : members)
      ADD_FAILURE() << static_cast<int>(member.entry.kind) << " " << member.entry.path << " -> " << member.entry.link;
    return;
  }
}
