#include "archive/pack.hpp"
#include "archive/extract.hpp"
#include "archive/tar_reader.hpp"
#include "archive/test_support.hpp"
#include "base/file.hpp"

#include <sys/xattr.h>
#include <unistd.h>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;

namespace {

Result<std::vector<std::byte>> packed(const std::string& path, const PackOptions& options = {}) {
  MemorySink sink;
  TRY(pack(TRY(open_folder(path)), sink, options));
  return std::vector<std::byte>(sink.data().begin(), sink.data().end());
}

Result<> unpack(Bytes archive, const std::string& path, ExtractOptions options = {}) {
  options.ignore_owner = geteuid() != 0;
  MemorySource source(archive);
  TRY(extract(source, TRY(make_and_open_folder(path)), options));
  return {};
}

std::vector<Entry> entries_of(Bytes archive) {
  MemorySource source(archive);
  TarReader reader(source);
  std::vector<Entry> entries;
  while (true) {
    auto entry = reader.next();
    EXPECT_TRUE(entry);
    if (!entry || !*entry) return entries;
    entries.push_back(**entry);
  }
}

#define NEEDS_ROOT() \
  if (geteuid() != 0) GTEST_SKIP() << "only root can do this"

}  // namespace

TEST(Pack, ComesBackTheSame) {
  NEEDS_ROOT();
  TemporaryFolder folder;
  shell("cd " + folder.path() + R"(; mkdir -p t/d/e t/empty; cd t
    echo x >d/f; chown 12:3000000000 d/f; chmod 4755 d/f; ln d/f hard; ln -s d/f soft; ln soft soft2; mkfifo p
    mknod null c 1 3; : >none
    truncate -s 3M sparse; echo y >>sparse; truncate -s 9M sparse; truncate -s 8G huge
    touch -d @1500000000.123 d/f; touch -d @-5 d/e; chmod 0500 empty)");
  set_xattr(folder / "t/d/f", "user.a", "b");
  set_xattr(folder / "t/d", "user.d", "e");
  auto archive = packed(folder / "t");
  ASSERT_TRUE(archive) << archive.error().message();
  auto unpacked = unpack(*archive, folder / "u");
  ASSERT_TRUE(unpacked) << unpacked.error().message();
  // `huge` is not hashed: its size and blocks tell.
  EXPECT_EQ(shell("stat -c '%s %b' " + folder / "u/huge"), "8589934592 0\n");
  shell("rm " + folder / "t/huge " + folder / "u/huge; touch -d @5 " + folder / "t " + folder / "u");
  EXPECT_EQ(describe_tree(folder / "u"), describe_tree(folder / "t"));
  EXPECT_EQ(shell("stat -c %b " + folder / "u/sparse"), shell("stat -c %b " + folder / "t/sparse"));
}

TEST(Pack, GivesTheSameBytesForTheSameTree) {
  TemporaryFolder folder;
  shell("cd " + folder.path() + R"(; mkdir one two; cd one; echo 1 >b; echo 2 >a; mkdir c; echo 3 >c/d; ln a e
    cd ../two; mkdir c; echo 3 >c/d; echo 2 >e; ln e a; echo 1 >b
    find .. -exec touch -d @1000 {} +)");
  EXPECT_EQ(packed(folder / "one").value(), packed(folder / "two").value());
}

TEST(Pack, LimitsTimes) {
  TemporaryFolder folder;
  shell("cd " + folder.path() + "; : >new; : >old; touch -d @1000 old");
  auto entries = entries_of(packed(folder.path(), {.max_mtime = 5000 * kSecond}).value());
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].mtime, 5000 * kSecond);
  EXPECT_EQ(entries[1].mtime, 1000 * kSecond);
}

TEST(Pack, WritesIdsAsTheContainerSeesThem) {
  NEEDS_ROOT();
  TemporaryFolder folder;
  shell("cd " + folder.path() + "; : >f; chown 100007:200000 f");
  linux::IdMaps maps{{{0, 1000, 1}, {1, 100000, 65536}}, {{0, 200000, 1}}};
  auto entries = entries_of(packed(folder.path(), {.id_maps = maps}).value());
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].uid, 8u);
  EXPECT_EQ(entries[0].gid, 0u);
  shell("chown 5:200000 " + folder / "f");
  auto refused = packed(folder.path(), {.id_maps = maps});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text(), "pack 'f': its owner 5 is not in the id map");
}

TEST(Pack, TurnsOverlayMarksIntoWhiteoutsAndBack) {
  NEEDS_ROOT();
  TemporaryFolder folder;
  shell("cd " + folder.path() + R"(; mkdir -p t/o t/d; cd t; mknod -m 0 d/gone c 0 0; : >o/f
    find . -exec touch -hd @1000 {} +)");
  set_xattr(folder / "t/o", "trusted.overlay.opaque", "y");
  set_xattr(folder / "t/d", "trusted.overlay.origin", "x");
  auto archive = packed(folder / "t", {.overlay = true}).value();
  std::vector<std::string> paths;
  for (const auto& entry : entries_of(archive)) paths.push_back(entry.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"d/", "d/.wh.gone", "o/", "o/.wh..wh..opq", "o/f"}));
  ASSERT_TRUE(unpack(archive, folder / "u"));
  shell("touch -hd @1000 " + folder / "u/d/gone");
  // What else overlayfs has noted is of no use elsewhere.
  ASSERT_EQ(removexattr((folder / "t/d").c_str(), "trusted.overlay.origin"), 0);
  EXPECT_EQ(describe_tree(folder / "u"), describe_tree(folder / "t"));
}

TEST(Pack, RefusesWhatALayerCannotHold) {
  TemporaryFolder folder;
  shell("cd " + folder.path() + "; : >.wh.f");
  EXPECT_EQ(packed(folder.path()).error().code(), Code::invalid);
  if (geteuid() != 0) return;
  shell("cd " + folder.path() + "; rm .wh.f; mkdir d");
  set_xattr(folder / "d", "trusted.overlay.redirect", "/x");
  EXPECT_EQ(packed(folder.path(), {.overlay = true}).error().code(), Code::unsupported);
}

TEST(Pack, LeavesSocketsOut) {
  TemporaryFolder folder;
  shell("cd " + folder.path() + "; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"s\")'; : >f");
  EXPECT_EQ(entries_of(packed(folder.path()).value()).size(), 1u);
}
