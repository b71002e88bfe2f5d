#include "base/file.hpp"
#include "erofs/test_support.hpp"

#include <fcntl.h>

#include <gtest/gtest.h>

#include <random>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;
using namespace gantry::erofs;
using namespace gantry::erofs::test;

namespace {

/// Layers that use the pieces of the ones before.
class SharedLayer : public WriteLayer, public testing::WithParamInterface<std::optional<Algorithm>> {
 protected:
  SharedLayer() {
    options_.compression = GetParam();
    begin_index();
  }

  void begin_index() {
    index_ = open_file(place_ / "index", O_RDWR | O_CREAT | O_TRUNC, 0600).take();
    options_.index = &index_;
  }

  /// The image that was written last may be used by the next ones.
  void donate() {
    std::string number = std::to_string(donors_.size());
    shell(fmt::format("cd {}; mv image donor{}; mv index index{}", place_.path(), number, number));
    donors_.push_back({"layer " + number, open_file(place_ / ("donor" + number), O_RDONLY).take(),
                       PieceIndex::open(*open_file(place_ / ("index" + number), O_RDONLY)).take()});
    options_.donors = donors_;
    begin_index();
  }

  void use_devices() {
    devices_.clear();
    const auto reader = ImageReader::open(image_);
    for (const auto& name : reader->device_names())
      devices_.push_back(place_ / ("donor" + name.substr(name.find(' ') + 1)));
  }

  void round_trip(const Members& members) {
    auto written = write(members);
    ASSERT_TRUE(written) << written.error().message();
    use_devices();
    begin_index();
    same_as_extracted(members);
    reads_back(members);
  }

  Fd index_;
  std::vector<Donor> donors_;
};

std::string name_of(const testing::TestParamInfo<std::optional<Algorithm>>& info) {
  if (!info.param) return "Plain";
  return *info.param == Algorithm::lz4 ? "Lz4" : "Zstd";
}

INSTANTIATE_TEST_SUITE_P(By, SharedLayer,
                         testing::Values(std::nullopt, std::optional(Algorithm::lz4), std::optional(Algorithm::zstd)),
                         name_of);

}  // namespace

TEST_P(SharedLayer, HoldsEqualPiecesOnce) {
  std::string noise = data_of(200'000);
  round_trip({file("a", noise), file("b", noise), file("c", noise.substr(0, 131072) + words_of(70'000)),
              file("d", words_of(100'000)), file("e", words_of(100'000)), file("f", data_of(8192)),
              file("g", data_of(8192))});
  EXPECT_LT(image_size(), 480'000u);
  EXPECT_TRUE(devices_.empty());
}

TEST_P(SharedLayer, UsesPiecesOfOtherImages) {
  std::string noise = data_of(1 << 20);
  std::string words = words_of(1 << 20);
  round_trip({file("noise", noise), file("words", words)});
  donate();
  std::string other = data_of(300'000);
  round_trip({file("other", other)});
  donate();
  round_trip({file("noise-again", noise), file("more", other + words.substr(0, 1000)), file("new", words_of(9999)),
              file("words", words.substr(0, 524'288) + "changed" + words.substr(524'288))});
  EXPECT_EQ(devices_.size(), 2u);
  EXPECT_LT(image_size(), GetParam() ? 600'000u : 700'000u);
}

TEST_P(SharedLayer, NeedsNoImageThatHasNothingEqual) {
  must({file("a", data_of(100'000))});
  donate();
  round_trip({file("b", data_of(100'001))});
  EXPECT_TRUE(devices_.empty());
}

TEST_P(SharedLayer, BelievesNoIndex) {
  std::string noise = data_of(262'144);
  must({file("a", noise)});
  donate();
  // Its records say where other pieces are, where nothing is, and what is none.
  std::vector<PieceRecord> records;
  for (std::size_t i = 0; i < 4; ++i) {
    PieceRecord record{.digest = digest_of(as_bytes(std::string_view(noise).substr(i * kPieceSize, kPieceSize)))};
    record.block = i < 2 ? static_cast<std::uint32_t>(40 - i) : 0xffff'fff0;
    record.blocks = static_cast<std::uint8_t>(i == 1 ? 255 : kPieceBlocks);
    record.form = static_cast<std::uint8_t>(i);
    records.push_back(record);
  }
  Fd lies = open_file(place_ / "lies", O_RDWR | O_CREAT, 0600).take();
  ASSERT_TRUE(write_piece_index(lies, records));
  Fd donor = donors_[0].image.duplicate().take();
  donors_.clear();
  donors_.push_back({"layer 0", std::move(donor), PieceIndex::open(lies).take()});
  options_.donors = donors_;
  round_trip({file("b", noise)});
  EXPECT_TRUE(devices_.empty());
}

TEST_P(SharedLayer, HoldsRandomFiles) {
  std::mt19937 random(11);
  std::vector<std::string> parts;
  for (int i = 0; i < 12; ++i) parts.push_back(i % 2 == 0 ? data_of(20'000u * i + 5) : words_of(kPieceSize * i / 3));
  for (int layer = 0; layer < 3; ++layer) {
    Members members;
    for (int i = 0; i < 16; ++i) {
      std::string data;
      for (std::size_t count = random() % 4; count > 0; --count) data += parts[random() % parts.size()];
      if (random() % 2 == 0) data += data_of(random() % 9000);
      members.push_back(file(std::to_string(i), data));
      if (random() % 2 == 0) members.back().entry.xattrs = {{"user.a", data_of(random() % 4000)}};
    }
    round_trip(members);
    donate();
  }
}

TEST(PieceIndex, FindsEveryRecordAndNoOther) {
  TemporaryFolder place;
  std::vector<PieceRecord> records;
  for (std::uint32_t i = 0; i < 1000; ++i)
    records.push_back({.digest = digest_of(as_bytes(std::to_string(i))), .block = i, .blocks = 1});
  Fd file = open_file(place / "index", O_RDWR | O_CREAT, 0600).take();
  ASSERT_TRUE(write_piece_index(file, records));
  auto index = PieceIndex::open(file);
  ASSERT_TRUE(index);
  for (const auto& record : records) {
    auto found = index->find(record.digest);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->block, record.block);
  }
  for (int i = 1000; i < 2000; ++i) EXPECT_FALSE(index->find(digest_of(as_bytes(std::to_string(i)))));
  EXPECT_FALSE(index->find({}));
  PieceDigest last;
  last.fill(std::byte{0xff});
  EXPECT_FALSE(index->find(last));
}
