#include "view/toc.hpp"

#include "archive/deflate.hpp"
#include "archive/hash.hpp"
#include "archive/tar_writer.hpp"

#include <gtest/gtest.h>

namespace gantry::view {

namespace {

/// An origin of one blob that notes what is read of it.
class OneBlob final : public transfer::Origin {
 public:
  const std::string& name() const override { return name_; }
  Result<std::vector<transfer::Listed>> list(const std::string&) const override {
    return std::vector<transfer::Listed>();
  }
  Result<std::unique_ptr<Source>> open(const oci::Descriptor&) const override {
    return std::make_unique<TextSource>(blob);
  }
  Result<std::unique_ptr<Source>> open_part(const oci::Descriptor&, std::uint64_t from,
                                            std::uint64_t until) const override {
    moved += until - from;
    return std::make_unique<TextSource>(blob.substr(from, until - from));
  }

  std::string blob;
  mutable std::uint64_t moved = 0;

 private:
  std::string name_ = "here";
};

std::string gzip(std::string_view text) {
  MemorySink out;
  auto deflater = archive::Deflater::make(archive::Compression::gzip, out).value();
  EXPECT_TRUE(deflater->write(as_bytes(text)));
  EXPECT_TRUE(deflater->finish());
  return std::string(as_text(out.data()));
}

std::string digest(std::string_view text) { return archive::hash_of(as_bytes(text)).text(); }

std::string row(std::string_view type, std::string_view rest) {
  return fmt::format(R"({{"version":1,"entries":[{{"type":"{}","name":"a"{}}}]}})", type, rest);
}

std::string error_of(const std::string& text, std::uint64_t end = 1000) {
  auto table = parse_toc(text, end);
  return table ? "" : table.error().message();
}

std::string content(const transfer::Origin& origin, const oci::Descriptor& layer, const TocEntry& file) {
  auto source = open_chunks(origin, layer, file).value();
  auto text = read_text(*source, 1u << 20);
  return text ? text->value_or("too much") : text.error().message();
}

/// An eStargz of one file in two pieces, put together by hand.
struct Stargz {
  Stargz() {
    const std::string first = gzip("first "), second = gzip("second"), header = gzip("tar header");
    origin.blob = header + first + second;
    std::string toc = fmt::format(
        R"({{"version":1,"entries":[{{"name":"dir/","type":"dir","mode":493}},)"
        R"({{"name":"dir/file","type":"reg","size":12,"digest":"{}","offset":{},"chunkSize":6,"chunkDigest":"{}"}},)"
        R"({{"name":"dir/file","type":"chunk","offset":{},"chunkOffset":6,"chunkSize":6,"chunkDigest":"{}"}}]}})",
        digest("first second"), header.size(), digest("first "), header.size() + first.size(), digest("second"));
    MemorySink tar;
    archive::TarWriter writer(tar);
    EXPECT_TRUE(writer.add({.path = "stargz.index.json", .size = toc.size()}));
    EXPECT_TRUE(writer.write(as_bytes(toc)));
    EXPECT_TRUE(writer.finish());
    const std::size_t position = origin.blob.size();
    origin.blob += gzip(as_text(tar.data()));
    origin.blob += std::string("\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\0", 16);
    origin.blob += fmt::format("{:016x}STARGZ", position) + std::string("\1\0\0\xff\xff\0\0\0\0\0\0\0\0", 13);
    layer.size = static_cast<std::int64_t>(origin.blob.size());
    layer.digest = archive::hash_of(as_bytes(origin.blob));
    layer.annotations["containerd.io/snapshot/stargz/toc.digest"] = digest(toc);
  }
  OneBlob origin;
  oci::Descriptor layer;
};

}  // namespace

TEST(Toc, LayersWithoutAnnotationsHaveNone) {
  OneBlob origin;
  auto table = read_toc(origin, {});
  ASSERT_TRUE(table);
  EXPECT_FALSE(*table);
}

TEST(Toc, OfAnEstargzIsFoundByItsFooter) {
  Stargz made;
  auto table = read_toc(made.origin, made.layer);
  ASSERT_TRUE(table) << table.error().message();
  ASSERT_EQ((*table)->size(), 2U);
  EXPECT_EQ((**table)[0].entry.path, "dir");
  EXPECT_EQ((**table)[0].entry.mode, 0755U);
  EXPECT_EQ(content(made.origin, made.layer, (**table)[1]), "first second");
}

TEST(Toc, ThatIsNotWhatTheManifestSaysIsRefused) {
  Stargz made;
  made.layer.annotations.begin()->second = digest("another");
  auto table = read_toc(made.origin, made.layer);
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().code(), Code::corrupt);
  made.origin.blob.resize(10);
  made.layer.size = 10;
  EXPECT_FALSE(read_toc(made.origin, made.layer));
}

TEST(Toc, BytesThatAreNotThoseOfTheTableAreRefused) {
  Stargz made;
  auto table = read_toc(made.origin, made.layer);
  ASSERT_TRUE(table);
  TocEntry file = (**table)[1];
  file.chunks[1].digest = archive::hash_of(as_bytes("another"));
  EXPECT_NE(content(made.origin, made.layer, file).find("the table of contents says"), std::string::npos);
}

TEST(Toc, OfZstdChunkedIsWhereTheManifestSays) {
  const std::string text = row("reg", R"(,"size":5,"digest":")" + digest("hello") + R"(","offset":3,"endOffset":40)");
  OneBlob origin;
  origin.blob = "..." + gzip("hello") + std::string(100, '.');
  const std::size_t position = origin.blob.size();
  const std::string packed = gzip(text);
  origin.blob += packed;
  oci::Descriptor layer{.size = static_cast<std::int64_t>(origin.blob.size())};
  layer.annotations["io.github.containers.zstd-chunked.manifest-checksum"] = digest(packed);
  layer.annotations["io.github.containers.zstd-chunked.manifest-position"] =
      fmt::format("{}:{}:{}:1", position, packed.size(), text.size());
  auto table = read_toc(origin, layer);
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(content(origin, layer, (**table)[0]), "hello");
  EXPECT_LE(origin.moved, packed.size() + 37);
  layer.annotations["io.github.containers.zstd-chunked.manifest-position"] = "99999999:1:1:1";
  EXPECT_FALSE(read_toc(origin, layer));
}

TEST(Toc, HolesAreNotStored) {
  auto table =
      parse_toc(row("reg", R"(,"size":3,"digest":")" + digest(std::string(3, '\0')) + R"(","chunkType":"zeros")"), 9);
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(content(OneBlob(), {}, (*table)[0]), std::string(3, '\0'));
}

TEST(Toc, HostileTablesAreRefused) {
  const std::string hash = R"(,"digest":")" + digest("x") + '"';
  EXPECT_EQ(error_of(row("reg", R"(,"size":1,"offset":5)" + hash)), "");
  EXPECT_NE(error_of(row("reg", R"(,"size":1,"offset":5)")).find("no digest"), std::string::npos);
  EXPECT_NE(error_of(row("reg", R"(,"size":1,"offset":2000)" + hash)).find("outside"), std::string::npos);
  EXPECT_NE(error_of(row("reg", R"(,"size":1,"offset":5,"chunkSize":2)" + hash)).find("larger"), std::string::npos);
  EXPECT_NE(error_of(row("reg", R"(,"size":9,"offset":5,"chunkSize":2)" + hash)).find("not all"), std::string::npos);
  EXPECT_NE(error_of(row("reg", R"(,"size":9,"offset":5,"chunkOffset":2)" + hash)).find("follow"), std::string::npos);
  EXPECT_NE(error_of(row("chunk", "")).find("piece"), std::string::npos);
  EXPECT_NE(error_of(row("socket", "")).find("socket"), std::string::npos);
  EXPECT_NE(error_of(R"({"version":1,"entries":[{"type":"dir","name":"../a"}]})"), "");
  EXPECT_NE(error_of(R"({"version":2,"entries":[]})"), "");
  EXPECT_NE(error_of(row("dir", ""), 0), "");
}

}  // namespace gantry::view
