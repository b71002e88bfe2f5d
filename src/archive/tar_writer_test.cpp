#include "archive/tar_writer.hpp"
#include "archive/tar_pax.hpp"
#include "archive/tar_reader.hpp"
#include "archive/test_support.hpp"

#include <gtest/gtest.h>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;

namespace {

Entry first_entry(Bytes archive) {
  MemorySource source(archive);
  TarReader reader(source);
  auto entry = reader.next();
  EXPECT_TRUE(entry && *entry);
  return entry && *entry ? **entry : Entry();
}

}  // namespace

TEST(TarWriter, WritesPlainUstarWhereThatIsEnough) {
  auto archive = make_archive({file("dir/name", "data")});
  EXPECT_EQ(archive.size(), 4 * kBlock);
  EXPECT_EQ(reinterpret_cast<const TarHeader*>(archive.data())->type, '0');
}

TEST(TarWriter, KeepsEveryFieldOfAnEntry) {
  Entry entry{.path = std::string(300, 'p'),
              .kind = Kind::symlink,
              .mode = 07654,
              .uid = 3'000'000'000,
              .gid = 4'000'000,
              .user = std::string(40, 'u'),
              .group = "g",
              .mtime = -1'500'000'000};
  entry.atime = 7;
  entry.link = std::string(300, 'l');
  entry.xattrs = {{"user.a", std::string("\0\n=", 3)}};
  Entry read = first_entry(make_archive({{entry}}));
  EXPECT_EQ(read.path, entry.path);
  EXPECT_EQ(read.kind, entry.kind);
  EXPECT_EQ(read.mode, entry.mode);
  EXPECT_EQ(read.uid, entry.uid);
  EXPECT_EQ(read.gid, entry.gid);
  EXPECT_EQ(read.user, entry.user);
  EXPECT_EQ(read.group, entry.group);
  EXPECT_EQ(read.mtime, entry.mtime);
  EXPECT_EQ(read.atime, entry.atime);
  EXPECT_EQ(read.link, entry.link);
  EXPECT_EQ(read.xattrs, entry.xattrs);
}

TEST(TarWriter, KeepsPathsOfEveryLength) {
  for (std::size_t size = 1; size < 600; size += size < 300 ? 1 : 37) {
    std::string path(size, 'n');
    for (std::size_t i = 30; i + 1 < size; i += 31) path[i] = '/';
    EXPECT_EQ(first_entry(make_archive({file(path, "")})).path, path);
    EXPECT_EQ(first_entry(make_archive({folder(path)})).path, path + "/");
  }
}

TEST(TarWriter, WritesWhatGnuTarReads) {
  TemporaryFolder folder;
  std::string name = std::string(200, 'd') + "/" + std::string(200, 'n');
  Member sparse = file("sparse", std::string(kBlock, 'a') + "b");
  sparse.entry.size = 3'000'000;
  sparse.entry.extents = {{1'024'000, kBlock}, {2'000'000, 1}};
  write_bytes(folder / "a.tar", make_archive({file(name, "data"), sparse}));
  shell("cd " + folder.path() + "; tar -xf a.tar");
  EXPECT_EQ(as_text(file_bytes(folder / name)).substr(0, 4), "data");
  auto data = file_bytes(folder / "sparse");
  ASSERT_EQ(data.size(), 3'000'000u);
  EXPECT_EQ(as_text(data).substr(1'023'999, 2), std::string("\0a", 2));
  EXPECT_EQ(as_text(data).substr(1'999'999, 3), std::string("\0b\0", 3));
}

TEST(TarWriter, RefusesDataOfAnotherSizeThanWasSaid) {
  MemorySink sink;
  TarWriter writer(sink);
  ASSERT_TRUE(writer.add(file("f", "1234").entry));
  EXPECT_FALSE(writer.write(as_bytes("12345")));
  ASSERT_TRUE(writer.write(as_bytes("123")));
  EXPECT_FALSE(writer.add(file("g", "").entry));
  EXPECT_FALSE(writer.finish());
}

TEST(PaxTime, GoesThereAndBack) {
  for (Timestamp time : {Timestamp{0}, Timestamp{1}, Timestamp{-1}, kSecond, -kSecond, Timestamp{1'234'567'890},
                         Timestamp{-1'500'000'000}}) {
    auto read = parse_pax_time(format_pax_time(time));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, time) << format_pax_time(time);
  }
  EXPECT_EQ(format_pax_time(1'500'000'000), "1.5");
}
