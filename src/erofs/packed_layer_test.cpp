#include "erofs/test_support.hpp"

#include <gtest/gtest.h>

#include <random>

using namespace gantry;
using namespace gantry::archive;
using namespace gantry::archive::test;
using namespace gantry::erofs;
using namespace gantry::erofs::test;

namespace {

class PackedLayer : public WriteLayer, public testing::WithParamInterface<Algorithm> {
 protected:
  PackedLayer() { options_.compression = GetParam(); }

  /// Files that the kernel gives back as extract() does, and our reader as they were.
  void round_trip(const Members& members) {
    same_as_extracted(members);
    reads_back(members);
  }
};

INSTANTIATE_TEST_SUITE_P(By, PackedLayer, testing::Values(Algorithm::lz4, Algorithm::zstd),
                         [](const auto& info) { return info.param == Algorithm::lz4 ? "Lz4" : "Zstd"; });

}  // namespace

TEST_P(PackedLayer, HoldsFilesOfAnySize) {
  Members members{file("empty", "")};
  for (std::size_t base : {0, 4096, 65536, 131072})
    for (int more : {-4097, -1, 0, 1, 100, 3000, 4000}) {
      if (static_cast<int>(base) + more <= 0) continue;
      std::size_t size = base + static_cast<std::size_t>(more);
      members.push_back(file(fmt::format("words-{}", size), words_of(size)));
      members.push_back(file(fmt::format("noise-{}", size), data_of(size)));
      members.push_back(file(fmt::format("zeros-{}", size), std::string(size, '\0')));
      members.push_back(file(fmt::format("mixed-{}", size), data_of(size / 2) + words_of(size - size / 2)));
      members.push_back(file(fmt::format("ends-in-noise-{}", size), words_of(size / 2) + data_of(size - size / 2)));
    }
  round_trip(members);
}

TEST_P(PackedLayer, HoldsRandomFiles) {
  std::mt19937 random(7);
  Members members;
  for (int i = 0; i < 80; ++i) {
    std::string data;
    for (std::size_t parts = random() % 5; parts > 0; --parts) {
      std::size_t size = random() % (random() % 2 == 0 ? 3000 : 70'000);
      data += random() % 2 == 0 ? words_of(size) : data_of(size);
    }
    members.push_back(file(std::to_string(i), data));
    if (random() % 4 == 0) members.back().entry.xattrs = {{"user.a", data_of(random() % 3000)}};
  }
  round_trip(members);
}

TEST_P(PackedLayer, IsSmaller) {
  must({file("words", words_of(1 << 20)), file("small", words_of(3000))});
  EXPECT_LT(image_size(), 900u << 10);
  EXPECT_EQ(view("words").layout, Layout::packed);
  EXPECT_EQ(view("small").layout, Layout::packed);
}

TEST_P(PackedLayer, LeavesNoiseAsItIs) {
  options_.compression.reset();
  Members members{file("noise", data_of((1 << 20) + 100)), file("small", data_of(3000))};
  must(members);
  std::uint64_t size = image_size();
  options_.compression = GetParam();
  must(members);
  EXPECT_EQ(image_size(), size);
  EXPECT_EQ(view("noise").layout, Layout::inline_tail);
  EXPECT_EQ(view("small").layout, Layout::inline_tail);
}

TEST_P(PackedLayer, LeavesHolesOut) {
  Member sparse = file("sparse", words_of(100'000));
  sparse.entry.size = 10'000'000;
  sparse.entry.extents = {{5'000'000, 100'000}};
  same_as_extracted({sparse, file("words", words_of(100'000))});
  EXPECT_EQ(view("sparse").layout, Layout::chunked);
}

TEST_P(PackedLayer, GivesTheSameBytesForTheSameLayer) {
  Members members{file("words", words_of(200'000))};
  must(members);
  auto first = file_bytes(image());
  must(members);
  EXPECT_EQ(first, file_bytes(image()));
}
