#include "transfer/erofs_layer.hpp"

#include "store/collect.hpp"
#include "store/merged.hpp"
#include "transfer/import.hpp"
#include "transfer/input.hpp"
#include "transfer/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::transfer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Words that compress, and differ by `seed`.
std::string words(int seed) {
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += fmt::format("{} ", i * seed);
  return text;
}

class ErofsLayer : public Workshop {
 protected:
  void SetUp() override {
    Workshop::SetUp();
    if (auto driver = store::find_driver("erofs", "/"); !driver) GTEST_SKIP() << driver.error().message();
    begin({.shares = true});
  }

  void begin(const store::ErofsOptions& options) {
    store = store::Store::open(folder + "/store", store::erofs_driver(), {.erofs = options}).take();
  }

  oci::Digest import_files(const std::string& name, const std::string& first, const std::string& second) {
    auto input = open_input(write("root.tar", tar_of({file("first", first), file("second", second)})));
    auto made = import(*store, stream(std::move(*input), folder + "/store/tmp").take(), "root.tar",
                       {.name = "localhost/" + name + ":latest"});
    EXPECT_TRUE(made) << made.error().message();
    return store->images().find(name)->config.rootfs.diff_ids.front();
  }

  std::uint64_t image_size(const oci::Digest& layer) {
    struct stat info = {};
    EXPECT_EQ(stat(store->layers().path(layer).c_str(), &info), 0);
    return static_cast<std::uint64_t>(info.st_size);
  }

  /// As the kernel has it.
  std::string text(const oci::Digest& layer, const std::string& name) {
    auto root = store::open_merged(*store, {store->layers().path(layer)});
    EXPECT_TRUE(root) << root.error().message();
    if (!root) return "";
    auto opened = open_at(root->get(), name, O_RDONLY);
    return opened ? read_all(*opened, name).value_or("") : opened.error().message();
  }
};

TEST_F(ErofsLayer, HasDataOfAnotherOne) {
  for (auto compression : {store::ErofsOptions::Compression::none, store::ErofsOptions::Compression::lz4,
                           store::ErofsOptions::Compression::zstd}) {
    begin({.compression = compression, .shares = true});
    auto one = import_files("one", words(1), words(2));
    auto two = import_files("two", words(1), words(3));
    EXPECT_THAT(store->layers().info(two)->needs, ElementsAre(one.text()));
    EXPECT_LT(image_size(two), image_size(one) * 3 / 4);
    EXPECT_EQ(text(two, "first"), words(1));
    EXPECT_EQ(text(two, "second"), words(3));
    // The image goes, its layer stays as long as the other one.
    ASSERT_TRUE(store->images().drop(store->images().find("one")->descriptor.digest));
    auto collect = [&] { return store::collect(*store, [] { return Result<store::Roots>(store::Roots()); }); };
    ASSERT_TRUE(collect());
    EXPECT_EQ(text(two, "first"), words(1));
    ASSERT_TRUE(store->images().drop(store->images().find("two")->descriptor.digest));
    ASSERT_TRUE(collect());
    EXPECT_THAT(store->layers().list().value(), IsEmpty());
  }
}

TEST_F(ErofsLayer, HasAllItsDataUnlessItIsToShare) {
  import_files("one", words(1), words(2));
  begin({});
  auto two = import_files("two", words(1), words(3));
  EXPECT_THAT(store->layers().info(two)->needs, IsEmpty());
  EXPECT_EQ(text(two, "first"), words(1));
}

TEST_F(ErofsLayer, IsWrittenThoughAnIndexIsDamaged) {
  import_files("one", words(1), words(2));
  const auto donors = store->layers().donors(8).value();
  ASSERT_EQ(donors.size(), 1u);
  for (const auto& donor : donors) ASSERT_TRUE(replace_file(donor.index, "no index"));
  auto two = import_files("two", words(1), words(3));
  EXPECT_THAT(store->layers().info(two)->needs, IsEmpty());
  EXPECT_EQ(text(two, "first"), words(1));
}

TEST_F(ErofsLayer, IsOnlyCompressedInAWayThatTheKernelKnows) {
  EXPECT_TRUE(check_compression(*store));
  begin({.compression = store::ErofsOptions::Compression::lz4});
  EXPECT_TRUE(check_compression(*store));
}

}  // namespace
}  // namespace gantry::transfer
