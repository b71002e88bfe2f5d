#include "edit/bundle.hpp"

#include "archive/tar_reader.hpp"

#include "edit/bundle_config.hpp"
#include "edit/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace gantry::edit {
namespace {

using archive::Kind;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Bundle : public EditWorkshop {
 protected:
  std::string bundle() const { return folder + "/bundle"; }
  std::string inside(const std::string& path) const { return bundle() + "/rootfs/" + path; }

  Result<> unpack_image() {
    auto opened = draft();
    BundleOrigin made_from{.source = "oci:x", .manifest = opened.original, .ignores_owners = true};
    return unpack(opened, made_from, bundle(), {.ignore_owners = true});
  }
  void open_image(const std::vector<std::string>& layers) {
    origin = open(layout(config_of(layers), layers));
    image = origin->list("").value().front();
  }

  /// The names in the layer that repacking makes; nothing when it makes none.
  std::vector<std::string> repacked(const RepackOptions& options = {}) {
    auto changed = draft();
    auto made = repack(changed, bundle(), read_bundle(bundle()).value(), options, note, tmp());
    if (!made) return {made.error().message()};
    if (!*made) return {};
    auto result = finish(std::move(changed), {}).value();
    std::string tar = tar_in(*result, offer_in(*result).layers.back().descriptor);
    MemorySource source(as_bytes(tar));
    archive::TarReader reader(source);
    std::vector<std::string> names;
    while (auto entry = reader.next().value()) names.push_back(entry->path);
    return names;
  }
};

TEST_F(Bundle, HasTheFilesOfAllLayersAndKnowsWhereFrom) {
  auto done = unpack_image();
  ASSERT_TRUE(done) << done.error().message();
  EXPECT_EQ(read_file(inside("bin/sh")).value(), "shell");
  EXPECT_EQ(read_file(inside("app")).value(), "the app");
  EXPECT_EQ(read_bundle(bundle())->manifest, draft().original);
  EXPECT_THAT(repacked(), IsEmpty());
}

TEST_F(Bundle, GivesBackWhatHasChanged) {
  ASSERT_TRUE(unpack_image());
  ASSERT_TRUE(replace_file(inside("bin/sh"), "other", 0644, Sync::no));
  ASSERT_TRUE(make_folders(inside("new/folder")));
  ASSERT_TRUE(remove_tree(inside("etc")));
  EXPECT_THAT(repacked(), ElementsAre("./", "bin/", "bin/sh", ".wh.etc", "new/", "new/folder/"));
  EXPECT_THAT(repacked({.masked = {"/bin/sh", "/new", "etc"}}), ElementsAre("./", "bin/"));
  EXPECT_THAT(repacked({.masked = {"../etc"}}), ElementsAre(HasSubstr("masked path")));
}

TEST_F(Bundle, SaysNothingOfWhatIsBelowAFolderThatIsGone) {
  ASSERT_TRUE(unpack_image());
  ASSERT_TRUE(remove_tree(inside("etc")));
  ASSERT_TRUE(replace_file(inside("etc"), "a file now", 0644, Sync::no));
  EXPECT_THAT(repacked(), ElementsAre("./", "etc"));
}

TEST_F(Bundle, IsNotLedOutByLayers) {
  const std::string evil = transfer::tar_of({
      {{.path = "out", .kind = Kind::symlink, .mode = 0777, .link = folder}, ""},
      transfer::file("out/escaped", "evil"),
  });
  open_image({evil});
  best_effort(unpack_image());
  EXPECT_FALSE(path_exists(folder + "/escaped"));
}

TEST_F(Bundle, LeavesNothingWhenALayerIsNotWhatItShouldBe) {
  auto config = config_of({base, top});
  std::swap(config.rootfs.diff_ids[0], config.rootfs.diff_ids[1]);
  origin = open(layout(config, {base, top}));
  image = origin->list("").value().front();
  auto done = unpack_image();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code(), Code::corrupt);
  EXPECT_FALSE(path_exists(bundle()));
}

TEST_F(Bundle, IsANewFolder) {
  ASSERT_TRUE(unpack_image());
  EXPECT_EQ(unpack_image().error().code(), Code::exists);
  EXPECT_EQ(read_bundle(folder).error().code(), Code::not_found);
}

TEST_F(Bundle, RunsAsTheImageSays) {
  oci::ImageConfig config;
  config.config = {.user = "web",
                   .exposed_ports = {{"80/tcp", {}}},
                   .env = {"A=1"},
                   .entrypoint = {"/app"},
                   .cmd = {"-v"},
                   .working_dir = "/srv",
                   .labels = {{"a", "b"}}};
  ASSERT_TRUE(make_folders(folder + "/root/etc"));
  write("root/etc/passwd", "web:x:5:6::/home/web:/bin/sh\n");
  Fd root = open_folder(folder + "/root").value();
  auto spec = bundle_config(config, root, {});
  ASSERT_TRUE(spec) << spec.error().message();
  EXPECT_EQ(spec->process->user.uid, 5u);
  EXPECT_EQ(spec->process->user.gid, 6u);
  EXPECT_THAT(spec->process->args, ElementsAre("/app", "-v"));
  EXPECT_THAT(spec->process->env, Contains("HOME=/home/web"));
  EXPECT_EQ(spec->process->cwd, "/srv");
  EXPECT_EQ(spec->annotations.at("a"), "b");
  EXPECT_EQ(spec->annotations.at("org.opencontainers.image.exposedPorts"), "80/tcp");
  config.config.user = "nobody";
  EXPECT_THAT(bundle_config(config, root, {}).error().message(), HasSubstr("no user 'nobody'"));
}

}  // namespace
}  // namespace gantry::edit
