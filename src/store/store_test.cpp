#include "store/store.hpp"

#include "store/check.hpp"
#include "store/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gantry::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

TEST_F(StoreFixture, FindsAnImageByReferenceShortNameAndId) {
  auto made = add_image("a", {"localhost/busybox:latest"});
  for (std::string name : {"localhost/busybox:latest", "localhost/busybox", "busybox", "busybox:latest"}) {
    auto image = store->images().find(name);
    ASSERT_TRUE(image) << image.error().message();
    EXPECT_EQ(image->id, made.config.hex());
  }
  EXPECT_EQ(store->images().find(made.config.hex())->id, made.config.hex());
  EXPECT_EQ(store->images().find(made.config.hex().substr(0, 12))->id, made.config.hex());
  EXPECT_EQ(store->images().find(made.config.text())->id, made.config.hex());
}

TEST_F(StoreFixture, PrefersAnImageOfThisMachineOverDockersOfTheSameName) {
  add_image("hub", {"docker.io/library/busybox:latest"});
  EXPECT_EQ(store->images().find("busybox")->names, std::vector<std::string>{"docker.io/library/busybox:latest"});
  add_image("ours", {"localhost/busybox:latest"});
  EXPECT_EQ(store->images().find("busybox")->names, std::vector<std::string>{"localhost/busybox:latest"});
}

TEST_F(StoreFixture, FindsAnImageByTheDigestOfItsManifest) {
  auto made = add_image("a", {"quay.io/team/app:1"});
  EXPECT_TRUE(store->images().find("quay.io/team/app@" + made.manifest.digest.text()));
  EXPECT_FALSE(store->images().find("quay.io/team/other@" + made.manifest.digest.text()));
}

TEST_F(StoreFixture, SaysWhichImageIsMissingAndWhatToDo) {
  auto image = store->images().find("nowhere");
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code(), Code::not_found);
  EXPECT_EQ(image.error().message(), "no image 'nowhere' ('gantry images' lists those that are here)");
  EXPECT_EQ(store->images().find("").error().code(), Code::not_found);
  EXPECT_EQ(store->images().find("UPPER:bad:name").error().code(), Code::not_found);
}

TEST_F(StoreFixture, RefusesAPrefixOfSeveralIds) {
  // Seventeen ids have two with the same first figure.
  for (int i = 0; i < 17; ++i) add_image(std::to_string(i), {});
  std::size_t ambiguous = 0;
  for (char figure : std::string_view("0123456789abcdef")) {
    auto found = store->images().find(std::string(1, figure));
    ambiguous += !found && found.error().code() == Code::invalid;
  }
  EXPECT_GE(ambiguous, 1u);
}

TEST_F(StoreFixture, RemovesSeveralImagesAtOnceWithAllTheirNames) {
  auto a = add_image("a", {"localhost/a:latest", "localhost/again:latest"});
  auto b = add_image("b", {});
  auto c = add_image("c", {"localhost/c:latest"});
  const std::vector<std::string> ids{a.config.hex(), b.config.hex()};
  ASSERT_TRUE(store->images().remove(ids));
  auto left = store->images().list();
  ASSERT_THAT(*left, SizeIs(1));
  EXPECT_EQ(left->front().id, c.config.hex());
}

TEST_F(StoreFixture, MovesANameAndKeepsTheOldImageWithoutIt) {
  auto old = add_image("old", {"localhost/app:latest"});
  auto young = add_image("young", {"localhost/app:latest"});
  EXPECT_EQ(store->images().find("app")->id, young.config.hex());
  auto nameless = store->images().find(old.config.hex());
  ASSERT_TRUE(nameless);
  EXPECT_THAT(nameless->names, IsEmpty());
}

TEST_F(StoreFixture, GivesAnImageSeveralNamesAndTakesThemAway) {
  auto made = add_image("a", {"localhost/app:latest"});
  ASSERT_TRUE(store->images().tag(*store->images().find("app"), "localhost/app:1"));
  EXPECT_THAT(store->images().find("app:1")->names, UnorderedElementsAre("localhost/app:latest", "localhost/app:1"));
  EXPECT_THAT(store->images().list().value(), SizeIs(1));

  ASSERT_TRUE(store->images().untag("localhost/app:latest"));
  EXPECT_FALSE(store->images().find("app"));
  ASSERT_TRUE(store->images().untag("localhost/app:1"));
  EXPECT_THAT(store->images().find(made.config.hex())->names, IsEmpty());
  EXPECT_EQ(store->images().untag("localhost/app:1").error().code(), Code::not_found);
}

TEST_F(StoreFixture, DropsANamelessManifestOfAnImageThatIsNamedByAnother) {
  auto made = add_image("a", {"localhost/app:latest"});
  oci::Manifest twin = store->images().find("app")->manifest;
  twin.annotations["packed"] = "otherwise";
  auto entry = put(oci::kOciManifest, oci::write_manifest(twin));
  std::string name = "localhost/app:latest";
  ASSERT_TRUE(store->images().add(entry, std::span(&name, 1)));
  ASSERT_EQ(store->images().index()->manifests.size(), 1u);
  EXPECT_EQ(store->images().index()->manifests[0].digest, entry.digest);
  EXPECT_EQ(store->images().find("app")->id, made.config.hex());
}

TEST_F(StoreFixture, RemovesAnImageWithAllItsNames) {
  auto made = add_image("a", {"localhost/app:latest", "localhost/app:1"});
  auto other = add_image("b", {"localhost/other:latest"});
  ASSERT_TRUE(store->images().remove(made.config.hex()));
  ASSERT_THAT(store->images().list().value(), SizeIs(1));
  EXPECT_EQ(store->images().list()->front().id, other.config.hex());
}

TEST_F(StoreFixture, ChoosesThisMachinesImageOfSeveral) {
  auto made = add_image("a", {});
  ASSERT_TRUE(store->images().drop(made.manifest.digest));
  oci::Descriptor ours = made.manifest, foreign = made.manifest;
  ours.platform = oci::host_platform();
  foreign.platform = oci::Platform{.architecture = "s390x", .os = "linux"};
  foreign.digest = digest_of("not here");
  add_index({foreign, ours}, "localhost/many:latest");
  EXPECT_EQ(store->images().find("many")->id, made.config.hex());
  EXPECT_THAT(check(), IsEmpty());

  add_index({foreign}, "localhost/foreign:latest");
  EXPECT_THAT(store->images().find("foreign").error().message(), HasSubstr("is not there for linux/"));
}

TEST_F(StoreFixture, PassesOverADamagedImageWhenListing) {
  add_image("good", {"localhost/good:latest"});
  auto bad = add_image("bad", {"localhost/bad:latest"});
  ASSERT_TRUE(replace_file(store->blobs().path(bad.config), "{"));
  EXPECT_THAT(store->images().list().value(), SizeIs(1));
  EXPECT_THAT(store->images().find("bad").error().message(), HasSubstr("image 'bad': config sha256:"));
}

TEST_F(StoreFixture, GivesTheLayersOfAnImageTopFirst) {
  auto base = add_layer("base"), top = add_layer("top");
  oci::ImageConfig config;
  config.rootfs.diff_ids = {base, top};
  EXPECT_THAT(store->layers().paths(config).value(),
              ElementsAre(store->layers().path(top), store->layers().path(base)));
  EXPECT_EQ(store->layers().size(config).value(), 2000u);
  config.rootfs.diff_ids.push_back(digest_of("absent"));
  EXPECT_EQ(store->layers().paths(config).error().message(),
            "layer " + digest_of("absent").text() + " is not unpacked");
}

TEST_F(StoreFixture, KeepsTheFirstOfTwoEqualLayers) {
  auto first = store->layers().begin().value();
  auto second = store->layers().begin().value();
  ASSERT_TRUE(replace_file(first.path() + "/who", "first"));
  ASSERT_TRUE(replace_file(second.path() + "/who", "second"));
  EXPECT_TRUE(first.commit(digest_of("x"), {.size = 1, .entries = 1}));
  EXPECT_TRUE(second.commit(digest_of("x"), {.size = 1, .entries = 1}));
  EXPECT_EQ(read_file(store->layers().path(digest_of("x")) + "/who").value(), "first");
}

TEST_F(StoreFixture, LeavesNothingOfALayerThatIsNotCommitted) {
  {
    auto staging = store->layers().begin().value();
    ASSERT_TRUE(replace_file(staging.path() + "/half", "x"));
  }
  EXPECT_THAT(list_folder(root + "/tmp").value(), IsEmpty());
  EXPECT_THAT(store->layers().list().value(), IsEmpty());
}

TEST_F(StoreFixture, PreparesASnapshotThatLooksLikeTheTopLayersRoot) {
  auto layer = add_layer("base");
  ASSERT_EQ(chmod(store->layers().path(layer).c_str(), 01711), 0);
  auto snapshot = store->snapshots().prepare("c1", {store->layers().path(layer)});
  ASSERT_TRUE(snapshot) << snapshot.error().message();
  struct stat info;
  ASSERT_EQ(stat(snapshot->upper.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 01711u);
  EXPECT_THAT(list_folder(snapshot->work).value(), IsEmpty());
  EXPECT_THAT(store->snapshots().list().value(), ElementsAre("c1"));
  EXPECT_EQ(store->snapshots().prepare("c1", {store->layers().path(layer)}).error().code(), Code::exists);

  EXPECT_TRUE(store->snapshots().remove("c1"));
  EXPECT_TRUE(store->snapshots().remove("c1"));
  EXPECT_THAT(store->snapshots().list().value(), IsEmpty());
  EXPECT_THAT(list_folder(root + "/tmp").value(), IsEmpty());
}

TEST_F(StoreFixture, RefusesAnIdThatIsNoName) {
  auto layer = add_layer("base");
  for (std::string id : {"", "..", "a/b", ".hidden"})
    EXPECT_EQ(store->snapshots().prepare(id, {store->layers().path(layer)}).error().code(), Code::invalid) << id;
}

TEST_F(StoreFixture, LeavesNothingOfASnapshotThatFails) {
  EXPECT_FALSE(store->snapshots().prepare("c1", {root + "/layers/nowhere"}));
  EXPECT_THAT(store->snapshots().list().value(), IsEmpty());
}

}  // namespace
}  // namespace gantry::store
