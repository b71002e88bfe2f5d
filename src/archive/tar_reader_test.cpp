#include "archive/tar_reader.hpp"
#include "archive/tar_writer.hpp"
#include "archive/test_support.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;

namespace {

struct Content {
  Entry entry;
  std::string data;
};
using Contents = std::map<std::string, Content>;

Result<Contents> read_archive(Bytes bytes, EndMarker end = EndMarker::required, std::size_t buffer = 256 << 10) {
  MemorySource source(bytes);
  TarReader reader(source, end, buffer);
  Contents contents;
  while (auto entry = TRY(reader.next())) {
    std::string data;
    std::vector<std::byte> some(1000);
    while (std::size_t got = TRY(reader.read(some))) data += as_text(Bytes(some).first(got));
    contents[entry->path] = {*entry, std::move(data)};
  }
  return contents;
}

Contents must_read(Bytes bytes) {
  auto contents = read_archive(bytes);
  EXPECT_TRUE(contents) << contents.error().message();
  return contents ? *contents : Contents();
}

Error error_of(Bytes bytes) {
  auto contents = read_archive(bytes);
  EXPECT_FALSE(contents);
  return contents ? fail(Code::failed, "no error") : contents.error();
}

TarHeader& header_at(std::vector<std::byte>& archive, std::size_t offset = 0) {
  return *reinterpret_cast<TarHeader*>(archive.data() + offset);
}

/// A header of any type with a body, and the end marker.
std::vector<std::byte> raw(char type, std::string_view body, std::string_view name = "n") {
  auto archive = make_archive({file(std::string(name), std::string(body))});
  header_at(archive).type = type;
  put_checksum(header_at(archive));
  return archive;
}

/// A pax header with these records, then an entry with this body.
std::vector<std::byte> with_records(const std::string& records, std::string_view body = "", char type = '0') {
  auto archive = raw('x', records, "records");
  archive.resize(archive.size() - 2 * kBlock);
  auto entry = raw(type, body, "plain");
  archive.insert(archive.end(), entry.begin(), entry.end());
  return archive;
}

class EachTarFormat : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Formats, EachTarFormat, testing::Values("v7", "ustar", "gnu", "oldgnu", "pax"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace

TEST_P(EachTarFormat, ReadsWhatGnuTarWrites) {
  TemporaryFolder folder;
  std::string format = GetParam();
  shell("cd " + folder.path() + R"(; mkdir -p t/d; printf hello >t/d/file; chmod 4751 t/d/file
    : >t/empty; ln t/d/file t/hard; ln -s d/file t/soft; touch -d '2020-01-02 03:04:05.25 UTC' t/d/file)");
  if (format != "v7") shell("mkfifo " + folder / "t/fifo");
  shell("cd " + folder.path() + "; tar --format=" + format + " --sort=name -cf a.tar t");
  auto contents = must_read(file_bytes(folder / "a.tar"));

  EXPECT_EQ(contents["t/"].entry.kind, Kind::directory);
  EXPECT_EQ(contents["t/d/"].entry.kind, Kind::directory);
  const auto& [entry, data] = contents["t/d/file"];
  EXPECT_EQ(entry.kind, Kind::file);
  EXPECT_EQ(entry.mode, 04751u);
  EXPECT_EQ(data, "hello");
  EXPECT_EQ(entry.mtime, 1577934245 * kSecond + (format == "pax" ? 250'000'000 : 0));
  EXPECT_EQ(contents["t/empty"].entry.size, 0u);
  EXPECT_EQ(contents["t/hard"].entry.kind, Kind::hardlink);
  EXPECT_EQ(contents["t/hard"].entry.link, "t/d/file");
  EXPECT_EQ(contents["t/soft"].entry.kind, Kind::symlink);
  EXPECT_EQ(contents["t/soft"].entry.link, "d/file");
  if (format != "v7") {
    EXPECT_EQ(contents["t/fifo"].entry.kind, Kind::fifo);
    EXPECT_EQ(entry.user, "root");
  }
}

TEST_P(EachTarFormat, ReadsLongNames) {
  std::string format = GetParam();
  if (format == "v7" || format == "ustar") GTEST_SKIP() << "the format has no names of more than 256 bytes";
  TemporaryFolder folder;
  std::string name = std::string(200, 'a') + "/" + std::string(200, 'b');
  shell("cd " + folder.path() + "; mkdir -p " + name + "; ln -s " + name + " link; tar --format=" + format +
        " -cf a.tar " + name + " link");
  auto contents = must_read(file_bytes(folder / "a.tar"));
  EXPECT_EQ(contents[name + "/"].entry.kind, Kind::directory);
  EXPECT_EQ(contents["link"].entry.link, name);
}

TEST(TarReader, ReadsAUstarPrefix) {
  TemporaryFolder folder;
  std::string name = std::string(120, 'a') + "/" + std::string(90, 'b');
  shell("cd " + folder.path() + "; mkdir " + std::string(120, 'a') + "; echo x >" + name +
        "; tar --format=ustar -cf a.tar " + name);
  EXPECT_EQ(must_read(file_bytes(folder / "a.tar"))[name].data, "x\n");
}

TEST(TarReader, ReadsSparseFilesOfEveryVersion) {
  TemporaryFolder folder;
  // 40 pieces: more than the old header and one extension block hold.
  shell("cd " + folder.path() + R"(; for i in $(seq 1 40); do
    printf "piece $i" | dd of=s bs=1 seek=$((i * 100000)) conv=notrunc status=none; done; truncate -s 5000000 s)");
  auto plain = file_bytes(folder / "s");
  for (const char* format : {"--format=gnu", "--format=pax --sparse-version=0.0", "--format=pax --sparse-version=0.1",
                             "--format=pax --sparse-version=1.0"}) {
    shell("cd " + folder.path() + "; tar -S " + format + " -cf a.tar s");
    auto contents = must_read(file_bytes(folder / "a.tar"));
    ASSERT_TRUE(contents.contains("s")) << format;
    EXPECT_TRUE(contents["s"].data == as_text(plain)) << format;
    EXPECT_EQ(contents["s"].entry.size, 5'000'000u) << format;
    ASSERT_TRUE(contents["s"].entry.extents) << format;
    EXPECT_GE(contents["s"].entry.extents->size(), 40u) << format;
  }
}

TEST(TarReader, ReadsAttributes) {
  TemporaryFolder folder;
  shell("echo x >" + folder / "f");
  set_xattr(folder / "f", "user.colour", "red = blue");
  shell("cd " + folder.path() + "; tar --xattrs -cf a.tar f");
  EXPECT_EQ(must_read(file_bytes(folder / "a.tar"))["f"].entry.xattrs,
            (std::vector<Xattr>{{"user.colour", "red = blue"}}));
}

TEST(TarReader, ReadsAttributesAsLibarchiveWritesThem) {
  auto archive = with_records(pax_record("LIBARCHIVE.xattr.user.a%3Db", "AAH/"));
  EXPECT_EQ(must_read(archive)["plain"].entry.xattrs,
            (std::vector<Xattr>{{"user.a=b", std::string("\x00\x01\xff", 3)}}));
}

TEST(TarReader, ReadsNumbersThatOctalCannotHold) {
  TemporaryFolder folder;
  shell("cd " + folder.path() + R"(; python3 -c '
import tarfile
info = tarfile.TarInfo("big")
info.size, info.mtime, info.uid, info.gid = 9 << 30, -5, 3000000000, 70000000
open("a.tar", "wb").write(info.tobuf(tarfile.GNU_FORMAT))')");
  auto archive = file_bytes(folder / "a.tar");
  MemorySource source(archive);
  TarReader reader(source);
  auto entry = reader.next();
  ASSERT_TRUE(entry && *entry) << entry.error().message();
  EXPECT_EQ((*entry)->size, 9ull << 30);
  EXPECT_EQ((*entry)->mtime, -5 * kSecond);
  EXPECT_EQ((*entry)->uid, 3'000'000'000u);
  EXPECT_EQ((*entry)->gid, 70'000'000u);
  EXPECT_FALSE(reader.next());
}

TEST(TarReader, ReadsWhatPythonWrites) {
  TemporaryFolder folder;
  shell("cd " + folder.path() + R"(; python3 -c '
import tarfile, io
with tarfile.open("a.tar", "w", format=tarfile.PAX_FORMAT, pax_headers={"uname": "everyone"}) as t:
    info = tarfile.TarInfo("é" * 150)
    info.size, info.mtime = 3, 1.5
    t.addfile(info, io.BytesIO(b"abc"))')");
  auto contents = must_read(file_bytes(folder / "a.tar"));
  std::string name;
  for (int i = 0; i < 150; ++i) name += "é";
  EXPECT_EQ(contents[name].data, "abc");
  EXPECT_EQ(contents[name].entry.mtime, kSecond * 3 / 2);
  EXPECT_EQ(contents[name].entry.user, "everyone");
}

TEST(TarReader, AppliesGlobalHeadersUntilALocalOneSaysOtherwise) {
  auto archive = raw('g', pax_record("uid", "77") + pax_record("gid", "78"));
  archive.resize(archive.size() - 2 * kBlock);
  auto rest = with_records(pax_record("uid", "79"));
  archive.insert(archive.end(), rest.begin(), rest.end());
  auto contents = must_read(archive);
  EXPECT_EQ(contents["plain"].entry.uid, 79u);
  EXPECT_EQ(contents["plain"].entry.gid, 78u);
}

TEST(TarReader, TellsAFolderOfV7ByItsName) {
  EXPECT_EQ(must_read(raw('\0', "", "d/"))["d/"].entry.kind, Kind::directory);
}

TEST(TarReader, IgnoresTheSizeOfWhatHasNoContent) {
  auto archive = make_archive({link(Kind::hardlink, "a", "b"), file("c", "data")});
  put_octal(header_at(archive).size, 100'000);
  put_checksum(header_at(archive));
  EXPECT_EQ(must_read(archive)["c"].data, "data");
}

TEST(TarReader, AcceptsASumOfSignedBytes) {
  auto archive = raw('0', "x", "caf\xe9");
  std::int64_t sum = 8 * ' ';
  for (std::size_t i = 0; i < kBlock; ++i)
    if (i < 148 || i >= 156) sum += static_cast<signed char>(archive[i]);
  put_octal(header_at(archive).checksum, static_cast<std::uint64_t>(sum));
  EXPECT_EQ(must_read(archive)["caf\xe9"].data, "x");
}

TEST(TarReader, RefusesAWrongChecksum) {
  auto archive = make_archive({file("first", "1"), file("second", "2")});
  header_at(archive, 2 * kBlock).mode[0] ^= 1;
  Error error = error_of(archive);
  EXPECT_EQ(error.code(), Code::corrupt);
  EXPECT_NE(error.text().find("offset 1024"), std::string::npos) << error.text();
}

TEST(TarReader, NoticesTruncationWhereverItIsCut) {
  std::vector<Member> members{folder("d/"), file("d/f", std::string(1500, 'f')), file("last", "data")};
  members[1].entry.mtime += 5;  // needs a pax header
  auto archive = make_archive(members);
  std::size_t end = archive.size() - 2 * kBlock;
  for (std::size_t size = 0; size <= end; size += size % 512 == 511 ? 1 : 73) {
    EXPECT_EQ(error_of(Bytes(archive).first(size)).code(), Code::corrupt) << size;
  }
  for (std::size_t size = 0; size <= end; size += kBlock)
    EXPECT_FALSE(read_archive(Bytes(archive).first(size))) << size;
  EXPECT_TRUE(read_archive(Bytes(archive).first(end + kBlock)));
}

TEST(TarReader, CanDoWithoutAnEndMarker) {
  auto archive = make_archive({file("f", "data")});
  archive.resize(archive.size() - 2 * kBlock);
  EXPECT_TRUE(read_archive(archive, EndMarker::optional));
  archive.resize(archive.size() - 1);
  EXPECT_FALSE(read_archive(archive, EndMarker::optional));
}

TEST(TarReader, NeverGoesOnAfterAnError) {
  auto archive = make_archive({file("f", "data")});
  archive.resize(kBlock + 2);
  MemorySource source(archive);
  TarReader reader(source);
  ASSERT_TRUE(reader.next());
  EXPECT_FALSE(reader.next());
  auto after = reader.next();
  ASSERT_TRUE(after);
  EXPECT_FALSE(after->has_value());
}

TEST(TarReader, RefusesDataAfterOneBlockOfZeros) {
  auto archive = make_archive({file("f", "data")});
  archive.resize(archive.size() - kBlock);
  auto more = make_archive({file("g", "data")});
  archive.insert(archive.end(), more.begin(), more.end());
  EXPECT_EQ(error_of(archive).code(), Code::corrupt);
}

TEST(TarReader, RefusesHostileExtendedHeaders) {
  const std::string kBad[] = {
      "5 a=b\n",                                    // wrong length
      "99 path=x\n",                                // longer than the header
      "0 path=x\n",                                 //
      "9 noequals\n",                               //
      "18446744073709551617 path=x\n",              // overflow
      pax_record("path", std::string("a\0b", 3)),   //
      pax_record("path", std::string(20000, 'a')),  //
      pax_record("size", "-1"),                     //
      pax_record("size", "99999999999999999999"),   //
      pax_record("mtime", "12x"),                   //
      pax_record("mtime", "9223372036854775807"),   //
      pax_record("LIBARCHIVE.xattr.user.x", "!"),   //
      pax_record("SCHILY.xattr.", "x"),             //
      pax_record("GNU.sparse.numbytes", "1"),       //
      pax_record("GNU.sparse.map", "1,x"),          //
  };
  for (const auto& records : kBad) EXPECT_EQ(error_of(with_records(records)).code(), Code::corrupt) << records;
  EXPECT_EQ(error_of(with_records(std::string((1 << 20) + 1, 'a'))).code(), Code::corrupt);
}

TEST(TarReader, RefusesHostileSparseMaps) {
  auto sparse = [](const std::string& map, const std::string& size) {
    return with_records(pax_record("GNU.sparse.map", map) + pax_record("GNU.sparse.size", size), "abcd");
  };
  EXPECT_EQ(must_read(sparse("2,4", "10"))["plain"].data, std::string("\0\0abcd\0\0\0\0", 10));
  for (const char* map : {"2,3", "2,5", "8,4", "0,2,1,2", "2,2,0,2", "18446744073709551615,4"})
    EXPECT_EQ(error_of(sparse(map, "10")).code(), Code::corrupt) << map;
  auto lines = [](const std::string& text) {
    return with_records(pax_record("GNU.sparse.major", "1") + pax_record("GNU.sparse.minor", "0") +
                            pax_record("GNU.sparse.realsize", "10"),
                        text);
  };
  for (const char* text : {"", "x\n", "9999999999\n", "1\n0\n", "111111111111111111111111\n"})
    EXPECT_FALSE(read_archive(lines(text))) << text;
}

TEST(TarReader, RefusesAnExtendedHeaderWithoutAnEntry) {
  EXPECT_EQ(error_of(raw('x', pax_record("path", "a"))).code(), Code::corrupt);
  EXPECT_EQ(error_of(raw('L', "name")).code(), Code::corrupt);
}

TEST(TarReader, RefusesTypesThatItDoesNotKnow) {
  EXPECT_EQ(error_of(raw('M', "rest of a file")).code(), Code::unsupported);
}

TEST(TarReader, NamesTheEntryInItsErrors) {
  auto archive = make_archive({file("one", "1"), file("two", "2")});
  std::memcpy(header_at(archive, 2 * kBlock).uid, "zzz", 3);
  put_checksum(header_at(archive, 2 * kBlock));
  EXPECT_EQ(error_of(archive).text(), "entry 'two' at offset 1024: a number is not octal");
}

TEST(TarReader, ReadsThroughASmallBuffer) {
  auto archive = make_archive({file("f", std::string(5000, 'x')), file("g", "data")});
  auto contents = read_archive(archive, EndMarker::required, kBlock);
  ASSERT_TRUE(contents);
  EXPECT_EQ((*contents)["f"].data, std::string(5000, 'x'));
}
