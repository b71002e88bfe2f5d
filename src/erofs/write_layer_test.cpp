#include "erofs/write_layer.hpp"

#include "base/file.hpp"
#include "erofs/test_support.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;
using namespace gantry::erofs;
using namespace gantry::erofs::test;

namespace {

Member sparse(std::string path, std::uint64_t size, std::vector<Extent> extents) {
  std::uint64_t stored = 0;
  for (const Extent& extent : extents) stored += extent.length;
  Member member = file(std::move(path), data_of(stored));
  member.entry.size = size;
  member.entry.extents = std::move(extents);
  return member;
}

}  // namespace

TEST_F(WriteLayer, HoldsWhatExtractMakesOfEveryKindOfFile) {
  Member f = file("d/f", "data");
  f.entry.mode = 04755;
  f.entry.uid = 1234;
  f.entry.gid = 4'000'000'000;
  f.entry.mtime += 123'456'789;
  f.entry.xattrs = {{"user.a", "1"}, {"user.a", "2"}, {"trusted.b", std::string(300, 'x')}, {"security.selinux", "x"}};
  Member old = file("d/old", "before 1970");
  old.entry.mtime = -1;
  Member null = link(Kind::character, "null", "");
  null.entry.mode = 0666;
  null.entry.major = 1;
  null.entry.minor = 3;
  Member disk = link(Kind::block, "disk", "");
  disk.entry.major = 0xabc;
  disk.entry.minor = 0xfedcb;
  Member d = folder("d", 01777);
  d.entry.xattrs = {{"user.folder", "y"}, {"trusted.overlay.redirect", "/etc"}, {"user.overlay.opaque", "y"}};
  same_as_extracted({folder("./", 0750), d, f, old, null, disk, link(Kind::hardlink, "d/hard", "d/f"),
                     link(Kind::symlink, "soft", "d/f"), link(Kind::hardlink, "soft2", "soft"),
                     link(Kind::symlink, "long", std::string(4095, 'l')), link(Kind::fifo, "fifo", ""),
                     file("empty", ""), file("-", "sorts before the dots"), file("d/" + std::string(255, 'n'), "x")});
}

TEST_F(WriteLayer, HoldsFilesOfAnySize) {
  std::vector<Member> members;
  for (std::size_t base : {0, 4096, 8192, 262144, 1 << 20})
    for (int more : {-65, -64, -63, -1, 0, 1, 31, 2000, 3967, 4031, 4032, 4033})
      if (static_cast<int>(base) + more > 0) {
        std::size_t size = base + static_cast<std::size_t>(more);
        members.push_back(file(std::to_string(size), data_of(size)));
      }
  same_as_extracted(members);
}

TEST_F(WriteLayer, HoldsAttributesLongerThanABlock) {
  Member f = file("f", data_of(5000));
  f.entry.xattrs = {{"trusted.a", data_of(3000)}, {"trusted.b", data_of(3001)}};
  Member g = file("g", data_of(5));
  g.entry.xattrs = {{"trusted.a", data_of(4000)}};
  Member d = folder("d");
  d.entry.xattrs = f.entry.xattrs;
  must({f, g, d, file("d/x", "x"), folder("e")});
  EXPECT_EQ(view("f").xattrs, f.entry.xattrs);
  EXPECT_EQ(view("d").xattrs, f.entry.xattrs);
  EXPECT_EQ(view("g").xattrs, g.entry.xattrs);
  mounted_is(f.entry.xattrs[1].value, [](const std::string& point) {
    std::string value(5000, '?');
    ssize_t size = lgetxattr((point + "/f").c_str(), "trusted.b", value.data(), value.size());
    return value.substr(0, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  });
}

TEST_F(WriteLayer, KeepsCapabilities) {
  Member f = file("f", "x");
  f.entry.xattrs = {
      {"security.capability",
       std::string("\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20)}};
  same_as_extracted({f});
}

TEST_F(WriteLayer, HoldsLargeFolders) {
  std::vector<Member> members;
  for (const char* top : {"a", "b"}) {
    members.push_back(folder(top));
    for (int i = 0; i < 3000; ++i)
      members.push_back(file(fmt::format("{}/{}-{}", top, (i * 7919) % 3000, std::string(i % 200, 'n')), "x"));
  }
  for (int i = 0; i < 300; ++i) members.push_back(folder(fmt::format("a/sub{}", i)));
  same_as_extracted(members);
}

TEST_F(WriteLayer, KeepsHoles) {
  same_as_extracted(
      {sparse("s", 10'000'000, {{5'000'000, 4}}), sparse("hole", 1 << 20, {}), sparse("few", 9000, {{10, 20}}),
       sparse("end", 300'001, {{300'000, 1}}),
       sparse("many", 3'000'000, {{0, 10}, {4096, 4096}, {8192, 1}, {1'500'001, 70'000}, {2'999'000, 1000}})});
  EXPECT_EQ(view("hole").layout, Layout::chunked);
  EXPECT_EQ(view("few").layout, Layout::inline_tail);
}

TEST_F(WriteLayer, TakesFilesOfTerabytesThatAreHoles) {
  std::uint64_t size = 1ull << 40;
  must({sparse("s", size + 10, {{123'456'789'012, 8}, {size, 10}}), sparse("endless", 1ull << 55, {})});
  auto file = view("s");
  EXPECT_EQ(file.size, size + 10);
  std::string tail(18, '?');
  ASSERT_TRUE(ImageReader::open(image_)->read(file, size - 8, std::as_writable_bytes(std::span(tail))));
  EXPECT_EQ(tail, std::string(8, '\0') + data_of(18).substr(8));
  mounted_is(tail, [&](const std::string& point) {
    std::string found(18, '?');
    auto mounted = open_file(point + "/s", O_RDONLY);
    pread(mounted->get(), found.data(), found.size(), static_cast<off_t>(size - 8));
    return found;
  });
  struct stat info;
  ASSERT_EQ(fstat(image_.get(), &info), 0);
  EXPECT_LT(info.st_blocks * 512, 2 << 20);
  EXPECT_EQ(refused({sparse("more", 1ull << 62, {})}), Code::unsupported);
}

TEST_F(WriteLayer, GivesTheSameBytesForTheSameLayer) {
  std::vector<Member> members{folder("d"), file("d/f", data_of(5000)), link(Kind::hardlink, "h", "d/f"),
                              whiteout(".wh.x")};
  must(members);
  auto first = file_bytes(image());
  must(members);
  EXPECT_EQ(first, file_bytes(image()));
  options_.uuid = {1, 2, 3};
  must(members);
  EXPECT_NE(first, file_bytes(image()));
}

TEST_F(WriteLayer, WritesALayerWithoutEntries) {
  must({});
  EXPECT_EQ(files().size(), 1u);
  EXPECT_EQ(view("").mode, S_IFDIR | 0755u);
}

TEST_F(WriteLayer, RefusesWhatTheKernelCannotTake) {
  EXPECT_FALSE(write({file(std::string(256, 'n'), "x")}));
  EXPECT_FALSE(write({file(std::string(256, 'n') + "/f", "x")}));
  std::string deep;
  for (int i = 0; i < 3000; ++i) deep += "d/";
  EXPECT_FALSE(write({file(deep + "f", "x")}));
  EXPECT_FALSE(write({link(Kind::symlink, "s", std::string(4096, 'l'))}));
  Member device = link(Kind::block, "sda", "");
  device.entry.major = 0x1008;
  EXPECT_EQ(refused({device}), Code::invalid);
  Member f = file("f", "x");
  f.entry.uid = 0xffff'ffff;
  EXPECT_EQ(refused({f}), Code::invalid);
  f = file("f", "x");
  f.entry.xattrs = {{"user.", "x"}};
  EXPECT_EQ(refused({f}), Code::invalid);
  f.entry.xattrs = {{"security.capability", "x"}};
  EXPECT_EQ(refused({f}), Code::invalid);
  Member root = folder("./");
  root.entry.xattrs = {{"user.a", data_of(3000)}};
  EXPECT_EQ(refused({root}), Code::unsupported);
}

TEST_F(WriteLayer, StopsAtItsLimits) {
  options_.max_bytes = 10;
  must({file("a", "12345"), file("b", "12345")});
  EXPECT_EQ(refused({file("a", "12345"), file("b", "123456")}), Code::no_space);
  options_.max_entries = 2;
  must({folder("a"), folder("b")});
  EXPECT_EQ(refused({folder("a"), folder("b"), folder("c")}), Code::no_space);
}

TEST_F(WriteLayer, LeavesNoImageOfATruncatedArchive) {
  auto archive = make_archive({file("f", std::string(5000, 'x'))});
  auto written = write(Bytes(archive).first(3000));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), Code::corrupt);
  EXPECT_FALSE(ImageReader::open(image_));
}

TEST_F(WriteLayer, HoldsWhatOtherToolsPack) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can do this";
  shell("cd " + place_.path() + R"(; mkdir -p t/d; cd t
    echo x >d/f; chown 12:34 d/f; chmod 4755 d/f; ln d/f hard; ln -s d/f soft; mkfifo p; mknod null c 1 3
    truncate -s 3M sparse; echo y >>sparse; seq 100000 >seq; touch -d @1500000000.123 d/f d .)");
  archive::test::set_xattr(place_ / "t/d/f", "user.a", "b");
  for (const char* format : {"gnu", "pax --xattrs", "pax --sparse-version=0.1"}) {
    shell("cd " + place_.path() + "; tar -S --format=" + format + " -C t -cf a.tar .");
    same_as_extracted(file_bytes(place_ / "a.tar"));
  }
}
