#include "store/image_table.hpp"

#include "store/test_support.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace gantry::store {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

ImageTable example() {
  ImageTable table;
  table.key = {.index_size = 5, .index_hash = 7, .sha256_changed = 9, .sha512_changed = 0};
  ImageRow row;
  row.digest = oci::Digest::from_hex(oci::Algorithm::sha512, std::string(128, 'a')).value();
  row.name = "localhost/app:latest";
  row.id = std::string(64, 'b');
  row.created = 1234567890123456789;
  row.size = 0;
  row.labels = {{"a", ""}, {"b", "c"}};
  table.rows = {row, row};
  table.rows[1].size.reset();
  table.rows[1].name.clear();
  return table;
}

TEST(ImageTable, IsReadAsItWasWritten) {
  EXPECT_EQ(read_table(write_table(example())), example());
  EXPECT_EQ(read_table(write_table({})), ImageTable{});
}

TEST(ImageTable, IsNotReadWhenAByteIsDifferentOrMissing) {
  const std::string whole = write_table(example());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(read_table(whole.substr(0, i))) << i;
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(read_table(changed)) << i;
  }
  EXPECT_FALSE(read_table(whole + "x"));
}

class SavedImages : public StoreFixture {
 protected:
  std::string table() const { return root + "/images.table"; }
  std::string read_saved() const { return read_file(table()).value_or(""); }

  /// By name, as the list has them.
  std::vector<std::string> listed() {
    std::vector<std::string> lines;
    auto images = store->images().list();
    EXPECT_TRUE(images) << images.error().message();
    for (const auto& image : *images)
      for (const auto& name : image.names) lines.push_back(fmt::format("{} {}", name, image.size));
    return lines;
  }
};

TEST_F(SavedImages, AreSavedByTheFirstThatListsThem) {
  auto made = add_image("a", {"localhost/a:latest"});
  EXPECT_FALSE(path_exists(table()));
  EXPECT_THAT(listed(), ElementsAre("localhost/a:latest 1000"));
  auto saved = read_table(read_saved());
  ASSERT_TRUE(saved);
  ASSERT_THAT(saved->rows, SizeIs(1));
  EXPECT_EQ(saved->rows[0].id, made.config.hex());
  EXPECT_THAT(listed(), ElementsAre("localhost/a:latest 1000"));
}

TEST_F(SavedImages, AreNotReadFromTheirBlobsWhileNothingHasChanged) {
  auto made = add_image("a", {"localhost/a:latest"});
  listed();
  // Written into, so that the folder's time stays: nobody opens it.
  ASSERT_TRUE(write_all(*open_file(store->blobs().path(made.config), O_WRONLY | O_TRUNC), "{", "config"));
  EXPECT_THAT(listed(), ElementsAre("localhost/a:latest 1000"));
  // Who uses the image does.
  EXPECT_FALSE(store->images().find("a"));
}

TEST_F(SavedImages, AreMadeAgainWhenImagesOrBlobsChange) {
  auto a = add_image("a", {"localhost/a:latest"});
  listed();
  add_image("b", {"localhost/b:latest"});
  EXPECT_THAT(listed(), ElementsAre("localhost/a:latest 1000", "localhost/b:latest 1000"));
  ASSERT_TRUE(store->images().tag(*store->images().find("a"), "localhost/c:latest"));
  EXPECT_THAT(listed(), ElementsAre("localhost/a:latest 1000", "localhost/c:latest 1000", "localhost/b:latest 1000"));
  ASSERT_TRUE(store->blobs().remove(a.config));
  EXPECT_THAT(listed(), ElementsAre("localhost/b:latest 1000"));
  ASSERT_TRUE(store->images().remove(store->images().find("b")->id));
  EXPECT_THAT(listed(), ElementsAre());
}

TEST_F(SavedImages, AreMadeAgainWhenTheTableIsDamagedOrAnothers) {
  add_image("a", {"localhost/a:latest"});
  listed();
  const std::string good = read_saved();
  for (const std::string& bad : {std::string(), good.substr(0, good.size() / 2), "gantry images 2\n" + good}) {
    ASSERT_TRUE(replace_file(table(), bad));
    EXPECT_THAT(listed(), ElementsAre("localhost/a:latest 1000"));
    EXPECT_EQ(read_saved(), good);
  }
}

TEST_F(SavedImages, AreListedToWhoMayNotWriteTheTable) {
  add_image("a", {"localhost/a:latest"});
  ASSERT_EQ(mkdir(table().c_str(), 0700), 0);
  EXPECT_THAT(listed(), ElementsAre("localhost/a:latest 1000"));
}

TEST_F(SavedImages, LearnTheirSizeWhenTheirLayersAreThere) {
  auto made = add_image("a", {"localhost/a:latest"});
  ASSERT_TRUE(store->layers().remove(made.diff_id));
  EXPECT_THAT(listed(), ElementsAre("localhost/a:latest 0"));
  add_layer("a");
  EXPECT_THAT(listed(), ElementsAre("localhost/a:latest 1000"));
}

}  // namespace
}  // namespace gantry::store
