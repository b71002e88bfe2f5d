#include "store/storage_options.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gantry::store {
namespace {

using Words = std::vector<std::string>;

TEST(StorageOptions, AreReadFromWords) {
  auto options = read_storage_options(
      Words{"size=20g", "layer.size=1m", "layer.files=7", "erofs.compression=zstd", "erofs.dedup=on"});
  ASSERT_TRUE(options) << options.error().text();
  EXPECT_EQ(options->limits.size, 20ull << 30);
  EXPECT_EQ(options->limits.layer_size, 1u << 20);
  EXPECT_EQ(options->limits.layer_files, 7u);
  EXPECT_EQ(options->erofs.compression, ErofsOptions::Compression::zstd);
  EXPECT_TRUE(options->erofs.shares);
  EXPECT_FALSE(read_storage_options(Words{"erofs.dedup=off"})->erofs.shares);
  EXPECT_EQ(read_storage_options(Words{})->limits.size, Limits::kNone);
}

TEST(StorageOptions, RefuseWhatIsNotUnderstood) {
  for (const char* word : {"size", "size=", "size=many", "layer.files=-1", "overlay.mountopt=nodev", "",
                           "erofs.compression=xz", "erofs.dedup=yes", "erofs.compression="})
    EXPECT_EQ(read_storage_options(Words{word}).error().code(), Code::invalid) << word;
}

}  // namespace
}  // namespace gantry::store
