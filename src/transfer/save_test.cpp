#include "transfer/save.hpp"

#include "base/subprocess.hpp"
#include "transfer/load.hpp"
#include "transfer/open_origin.hpp"
#include "transfer/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::transfer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Save : public Workshop {
 protected:
  void SetUp() override {
    Workshop::SetUp();
    ASSERT_TRUE(load_archive("app.tar", docker_archive(config_of({base, top}), {base, top}, "localhost/app:1")));
  }
  bool load_archive(const std::string& name, const std::map<std::string, std::string>& files) {
    std::vector<std::pair<archive::Entry, std::string>> entries;
    for (const auto& [path, data] : files) entries.push_back(file(path, data));
    auto origin = open_files(parse_location(write(name, tar_of(entries))), folder + "/store/tmp");
    return origin && load(*store, **origin, "").has_value();
  }
  /// Loads what was saved into an empty store.
  Result<std::vector<LoadedImage>> load_elsewhere(const std::string& path) {
    std::string root = fmt::format("{}/elsewhere{}", folder, ++elsewhere);
    auto elsewhere_store = TRY(store::Store::open(root));
    auto origin = TRY(open_files(parse_location(path), root + "/tmp"));
    return load(elsewhere_store, *origin, "");
  }
  std::string out(const std::string& name) const { return folder + "/" + name; }

  int elsewhere = 0;
};

TEST_F(Save, WritesWhatLoadReadsInEveryFormat) {
  std::string id = store->images().find("app:1")->id;
  for (auto format :
       {SaveFormat::docker_archive, SaveFormat::oci_archive, SaveFormat::oci_dir, SaveFormat::docker_dir}) {
    std::string path = out(fmt::format("saved{}", static_cast<int>(format)));
    auto saved = save(*store, {"app:1"}, format, path);
    ASSERT_TRUE(saved) << saved.error().message();
    auto loaded = load_elsewhere(path);
    ASSERT_TRUE(loaded) << loaded.error().message();
    ASSERT_THAT(*loaded, SizeIs(1));
    EXPECT_EQ(loaded->front().id, id);
    if (format != SaveFormat::docker_dir) {
      EXPECT_THAT(loaded->front().names, ElementsAre("localhost/app:1"));
    }
  }
}

TEST_F(Save, WritesEachLayerOfSeveralImagesOnce) {
  ASSERT_TRUE(load_archive("b.tar", docker_archive(config_of({base}), {base}, "localhost/base:1")));
  for (auto format : {SaveFormat::docker_archive, SaveFormat::oci_archive}) {
    std::string path = out("both.tar");
    ASSERT_TRUE(save(*store, {"app:1", "base:1", "app:1"}, format, path));
    EXPECT_THAT(*load_elsewhere(path), SizeIs(2));
    EXPECT_LT(read_file(path)->size(), 2 * base.size() + top.size() + 8 * 1024);
  }
  EXPECT_THAT(save(*store, {"app:1", "base:1"}, SaveFormat::docker_dir, out("dir")).error().message(),
              HasSubstr("docker-dir holds one image"));
}

TEST_F(Save, SavesByIdWithoutAName) {
  std::string id = store->images().find("app:1")->id;
  ASSERT_TRUE(save(*store, {id}, SaveFormat::docker_archive, out("x.tar")));
  EXPECT_THAT(load_elsewhere(out("x.tar"))->front().names, IsEmpty());
}

TEST_F(Save, ReplacesAFileButNotAFolder) {
  write("x.tar", "old");
  ASSERT_TRUE(save(*store, {"app:1"}, SaveFormat::docker_archive, out("x.tar")));
  EXPECT_TRUE(load_elsewhere(out("x.tar")));
  ASSERT_TRUE(make_folders(out("dir")));
  EXPECT_EQ(save(*store, {"app:1"}, SaveFormat::oci_dir, out("dir")).error().code(), Code::exists);
  EXPECT_THAT(list_folder(out("dir")).value(), IsEmpty());
}

TEST_F(Save, NoticesADamagedBlobAndLeavesTheOldFile) {
  auto layer = store->images().find("app:1")->manifest.layers[0];
  std::string bytes = store->blobs().read(layer.digest).value();
  bytes[600] ^= 1;
  ASSERT_TRUE(replace_file(store->blobs().path(layer.digest), bytes));
  write("x.tar", "old");
  for (auto format : {SaveFormat::docker_archive, SaveFormat::oci_archive}) {
    auto saved = save(*store, {"app:1"}, format, out("x.tar"));
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code(), Code::corrupt);
    EXPECT_THAT(saved.error().message(), HasSubstr(layer.digest.text()));
    EXPECT_EQ(read_file(out("x.tar")).value(), "old");
  }
  EXPECT_FALSE(save(*store, {"app:1"}, SaveFormat::oci_dir, out("dir")));
  EXPECT_THAT(list_folder(folder).value(), testing::UnorderedElementsAre("store", "app.tar", "x.tar"));
}

TEST_F(Save, SaysWhichImageIsMissing) {
  auto saved = save(*store, {"nope"}, SaveFormat::docker_archive, out("x.tar"));
  EXPECT_EQ(saved.error().message(), "no image 'nope' ('gantry images' lists those that are here)");
  EXPECT_FALSE(path_exists(out("x.tar")));
}

}  // namespace
}  // namespace gantry::transfer
