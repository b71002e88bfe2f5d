#include "erofs/write_layer.hpp"

#include "archive/test_support.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "erofs/reader.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;
using namespace gantry::erofs;

namespace {

constexpr int kCannotMount = 77;

/// Mounts an image in a mount namespace of a child's own, which looks at it and writes what it found.
int look_at_mounted(const std::string& image, const std::string& point, const std::string& into,
                    const std::function<std::string(const std::string&)>& look) {
  pid_t child = fork();
  if (child == 0) {
    if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0 ||
        mount(image.c_str(), point.c_str(), "erofs", MS_RDONLY, nullptr) < 0)
      _exit(kCannotMount);
    write_bytes(into, as_bytes(look(point)));
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Whiteouts have the time of the unpacking in a folder, and none in an image.
std::string without_whiteout_times(const std::string& description) {
  std::string text;
  for (const std::string& line : split(description, '\n')) {
    auto words = split(line, ' ');
    if (words.size() > 4 && words[1] == "20000" && words[4] == "0:0") words[3] = "-";
    text += join(words, " ") + "\n";
  }
  return text;
}

class WriteLayer : public testing::Test {
 protected:
  Result<Extracted> write(Bytes archive) {
    MemorySource source(archive);
    image_ = TRY(open_file(image(), O_RDWR | O_CREAT | O_TRUNC, 0600));
    return write_layer(source, image_, options_);
  }
  Result<Extracted> write(const std::vector<Member>& members) { return write(Bytes(make_archive(members))); }
  void must(const std::vector<Member>& members) {
    auto written = write(members);
    ASSERT_TRUE(written) << written.error().message();
    shell("fsck.erofs " + image());
  }
  Code refused(const std::vector<Member>& members) {
    auto written = write(members);
    EXPECT_FALSE(written);
    return written ? Code::failed : written.error().code();
  }

  /// The kernel's view of the image is that of the folder that extract() makes.
  void same_as_extracted(Bytes archive) {
    auto written = write(archive);
    ASSERT_TRUE(written) << written.error().message();
    shell("fsck.erofs " + image());
    if (geteuid() != 0) GTEST_SKIP() << "only root can mount";
    shell("cd " + place_.path() + "; rm -rf root; mkdir root");
    MemorySource source(archive);
    auto root = open_folder(place_ / "root");
    auto extracted = extract(source, *root, {.user_xattr = options_.user_xattr});
    ASSERT_TRUE(extracted) << extracted.error().message();
    EXPECT_EQ(written->entries, extracted->entries);
    EXPECT_EQ(written->bytes, extracted->bytes);
    mounted_is(describe_tree(place_ / "root"), describe_tree);
  }
  void same_as_extracted(const std::vector<Member>& members) { same_as_extracted(Bytes(make_archive(members))); }

  /// What `look` finds in the mounted image.
  void mounted_is(const std::string& expected, const std::function<std::string(const std::string&)>& look) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can mount";
    shell("mkdir -p " + (place_ / "point"));
    int status = look_at_mounted(image(), place_ / "point", place_ / "found", look);
    if (status == kCannotMount) GTEST_SKIP() << "this kernel does not mount EROFS from a file";
    ASSERT_EQ(status, 0);
    EXPECT_EQ(without_whiteout_times(read_file(place_ / "found", 64u << 20).value_or("")),
              without_whiteout_times(expected));
  }

  /// All files by path, as our own reader finds them.
  std::map<std::string, FileView> files() {
    std::map<std::string, FileView> found;
    auto reader = ImageReader::open(image_);
    EXPECT_TRUE(reader) << reader.error().message();
    if (reader) collect(*reader, "", reader->root(), reader->root(), found);
    return found;
  }
  void collect(const ImageReader& reader, const std::string& path, std::uint64_t inode, std::uint64_t parent,
               std::map<std::string, FileView>& found) {
    auto file = reader.file(inode);
    ASSERT_TRUE(file) << path << ": " << file.error().message();
    found.emplace(path, *file);
    if (!S_ISDIR(file->mode)) return;
    auto names = reader.names(*file, parent);
    ASSERT_TRUE(names) << path << ": " << names.error().message();
    for (const auto& name : *names) collect(reader, path + "/" + name.name, name.inode, inode, found);
  }
  std::string text(const std::string& path) {
    auto all = files();
    auto found = all.find("/" + path);
    if (found == all.end()) return "(none)";
    std::string text(found->second.size, '?');
    auto read = ImageReader::open(image_)->read(found->second, 0, std::as_writable_bytes(std::span(text)));
    return read ? text : read.error().message();
  }
  bool exists(const std::string& path) { return files().contains("/" + path); }
  FileView view(const std::string& path) { return files()[path.empty() ? "" : "/" + path]; }
  bool is_opaque(const std::string& path) {
    return std::ranges::count(view(path).xattrs, Xattr{"trusted.overlay.opaque", "y"}) == 1;
  }
  bool is_whiteout(const std::string& path) { return S_ISCHR(view(path).mode) && view(path).place == 0; }
  std::string image() const { return place_ / "image"; }

  TemporaryFolder place_;
  LayerImageOptions options_;
  Fd image_;
};

Member whiteout(std::string path) { return file(std::move(path), ""); }

std::string data_of(std::size_t size) {
  std::string data(size, '\0');
  std::uint32_t state = static_cast<std::uint32_t>(size);
  for (char& c : data) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return data;
}

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

TEST_F(WriteLayer, MakesParentsThatAreMissing) {
  must({file("a/b/c", "x")});
  auto folder = view("a/b");
  EXPECT_EQ(folder.mode, S_IFDIR | 0755u);
  EXPECT_EQ(folder.mtime, 0);
  EXPECT_EQ(folder.links, 2u);
  EXPECT_EQ(view("a").links, 3u);
  EXPECT_EQ(text("a/b/c"), "x");
}

TEST_F(WriteLayer, WritesALayerWithoutEntries) {
  must({});
  EXPECT_EQ(files().size(), 1u);
  EXPECT_EQ(view("").mode, S_IFDIR | 0755u);
}

TEST_F(WriteLayer, LetsTheLastOfTwoEntriesCount) {
  same_as_extracted({file("a", "one"), file("a", "two"), folder("b"), file("b/c", "x"), file("b", "now a file"),
                     link(Kind::symlink, "c", "a"), folder("c"), file("c/d", "y"), folder("e", 0700), folder("e", 0711),
                     file("h", "1"), link(Kind::hardlink, "i", "h"), file("h", "2"), folder("gone"),
                     folder("gone/deep"), file("gone/deep/f", "x"), link(Kind::hardlink, "kept", "gone/deep/f"),
                     link(Kind::symlink, "gone", "nowhere")});
}

TEST_F(WriteLayer, FollowsSymlinksInsideTheLayerOnly) {
  same_as_extracted({folder("home"), folder("home/deep"), link(Kind::symlink, "abs", "/home"), file("abs/f", "x"),
                     link(Kind::symlink, "up", "../../../home//deep/.."), file("up/g", "y"),
                     link(Kind::symlink, "chain", "./up/deep/"), file("chain/h", "z"), folder("abs/sub", 0700),
                     link(Kind::hardlink, "i", "abs/f"), folder("home", 0711), folder("abs/deep", 0701)});
  EXPECT_EQ(refused({link(Kind::symlink, "out", "../outside"), file("out/file", "x")}), Code::invalid);
  EXPECT_EQ(refused({link(Kind::symlink, "a", "b"), link(Kind::symlink, "b", "a"), file("a/f", "x")}), Code::failed);
}

TEST_F(WriteLayer, ForgetsTheFolderThatHasBeenReplaced) {
  same_as_extracted({folder("a"), file("a/x", "1"), folder("b"), folder("a"), file("a/y", "2"),
                     link(Kind::symlink, "a", "b"), file("a/z", "3"), folder("b")});
}

TEST_F(WriteLayer, RefusesPathsThatLeadUpwards) {
  EXPECT_EQ(refused({file("../outside/file", "x")}), Code::invalid);
  EXPECT_EQ(refused({file("a/../../outside/file", "x")}), Code::invalid);
  EXPECT_EQ(refused({folder("..")}), Code::invalid);
  EXPECT_EQ(refused({link(Kind::hardlink, "a", "../outside/file")}), Code::invalid);
  EXPECT_EQ(refused({link(Kind::symlink, ".", "outside")}), Code::invalid);
}

TEST_F(WriteLayer, TakesAbsolutePathsFromTheRoot) {
  must({file("/etc/x", "inside"), link(Kind::hardlink, "y", "/etc/x")});
  EXPECT_EQ(text("etc/x"), "inside");
  EXPECT_EQ(text("y"), "inside");
  EXPECT_EQ(view("y").links, 2u);
}

TEST_F(WriteLayer, LinksInsideTheLayerOnly) {
  EXPECT_EQ(refused({link(Kind::hardlink, "h", "nothing")}), Code::not_found);
  EXPECT_EQ(refused({link(Kind::hardlink, "h", "/")}), Code::invalid);
  EXPECT_EQ(refused({folder("d"), link(Kind::hardlink, "h", "d")}), Code::denied);
  EXPECT_EQ(refused({file("d/f", "x"), link(Kind::hardlink, "d", "d/f")}), Code::not_found);
  must({file("a", "x"), link(Kind::hardlink, "a", "./a"), file("b", "y"), link(Kind::hardlink, "b", "a")});
  EXPECT_EQ(text("b"), "x");
  EXPECT_EQ(view("b").links, 2u);
}

TEST_F(WriteLayer, RefusesAFileAsAFolder) {
  EXPECT_EQ(refused({file("a", "x"), file("a/b", "y")}), Code::invalid);
  EXPECT_EQ(refused({link(Kind::fifo, "p", ""), file("p/b", "y")}), Code::invalid);
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

TEST_F(WriteLayer, KeepsCapabilities) {
  Member f = file("f", "x");
  f.entry.xattrs = {
      {"security.capability",
       std::string("\x01\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 20)}};
  same_as_extracted({f});
}

TEST_F(WriteLayer, GoesDeeperThanAStackCould) {
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

TEST_F(WriteLayer, TurnsWhiteoutsIntoOverlayMarks) {
  same_as_extracted({folder("d"), whiteout("d/.wh.gone"), folder("o"), whiteout("o/.wh..wh..opq"), folder("made"),
                     whiteout("made/.wh.x"), whiteout(".wh..wh.aufs"), folder(".wh..wh.plnk"),
                     file(".wh..wh.plnk/f", "x")});
  EXPECT_TRUE(is_whiteout("d/gone"));
  EXPECT_TRUE(is_opaque("o"));
  EXPECT_FALSE(exists(".wh..wh.aufs"));
  options_.user_xattr = true;
  same_as_extracted({folder("o"), whiteout("o/.wh..wh..opq")});
}

TEST_F(WriteLayer, MarksAFolderThatReplacesALowerOne) {
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

TEST_F(WriteLayer, RefusesStrangeWhiteouts) {
  for (const char* path : {".wh.", ".wh..", ".wh...", "a/.wh...", ".wh.a/b"})
    EXPECT_EQ(refused({whiteout(path)}), Code::invalid) << path;
}

TEST_F(WriteLayer, LeavesDevicesOutWhenAskedTo) {
  options_.ignore_devices = true;
  Member device = link(Kind::block, "sda", "");
  device.entry.major = 8;
  must({device, file("f", "x"), whiteout(".wh.w")});
  EXPECT_FALSE(exists("sda"));
  EXPECT_TRUE(is_whiteout("w"));
}

TEST_F(WriteLayer, StopsAtItsLimits) {
  options_.max_bytes = 10;
  must({file("a", "12345"), file("b", "12345")});
  EXPECT_EQ(refused({file("a", "12345"), file("b", "123456")}), Code::invalid);
  options_.max_entries = 2;
  must({folder("a"), folder("b")});
  EXPECT_EQ(refused({folder("a"), folder("b"), folder("c")}), Code::invalid);
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
  test::set_xattr(place_ / "t/d/f", "user.a", "b");
  for (const char* format : {"gnu", "pax --xattrs", "pax --sparse-version=0.1"}) {
    shell("cd " + place_.path() + "; tar -S --format=" + format + " -C t -cf a.tar .");
    same_as_extracted(file_bytes(place_ / "a.tar"));
  }
}
