#include "edit/insert.hpp"

#include "edit/merge.hpp"
#include "edit/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace gantry::edit {
namespace {

using archive::Entry;
using archive::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

class Insert : public EditWorkshop {
 protected:
  void SetUp() override {
    EditWorkshop::SetUp();
    const std::string lower = transfer::tar_of({
        {{.path = "tmp", .kind = Kind::directory, .mode = 01777, .uid = 7}, ""},
        {{.path = "bin", .kind = Kind::symlink, .mode = 0777, .link = "usr/bin"}, ""},
        {{.path = "usr/bin", .kind = Kind::directory, .mode = 0755}, ""},
    });
    origin = open(layout(config_of({lower}), {lower}));
    image = origin->list("").value().front();
    ASSERT_TRUE(make_folders(folder + "/host/sub"));
    write("host/one", "1");
    write("host/sub/two", "2");
  }

  /// The entries of the layer that an insertion makes: "path mode uid".
  std::vector<std::string> inserted(Insertion insertion) {
    auto changed = draft();
    auto done = insert(changed, insertion, {.max_mtime = kSecond}, note, tmp());
    if (!done) return {done.error().message()};
    auto made = finish(std::move(changed), {}).value();
    std::string tar = tar_in(*made, offer_in(*made).layers.back().descriptor);
    MemorySource source(as_bytes(tar));
    archive::TarReader reader(source);
    std::vector<std::string> lines;
    while (auto entry = reader.next().value())
      lines.push_back(fmt::format("{} {:o} {}", entry->path, entry->mode, entry->uid));
    return lines;
  }
  std::string host(const std::string& name) const { return folder + "/host/" + name; }
  const archive::PackedOwner owner{.uid = 3, .gid = 4};
};

TEST_F(Insert, PutsAFileAndLeavesTheFoldersOnTheWayAsTheyAre) {
  EXPECT_THAT(inserted({.host_path = host("one"), .target = "/tmp/1", .owner = owner}),
              ElementsAre("tmp/ 1777 7", "tmp/1 644 3"));
  EXPECT_THAT(inserted({.host_path = host("one"), .target = "tmp/", .owner = owner}),
              ElementsAre("tmp/ 1777 7", "tmp/one 644 3"));
  EXPECT_THAT(inserted({.host_path = host("one"), .target = "new/1", .owner = owner}), ElementsAre("new/1 644 3"));
}

TEST_F(Insert, FollowsLinksOnTheWayInsideTheImage) {
  EXPECT_THAT(inserted({.host_path = host("one"), .target = "/bin/one", .owner = owner}),
              ElementsAre("usr/bin/ 755 0", "usr/bin/one 644 3"));
}

TEST_F(Insert, PutsAFolderWithAllBelowIt) {
  EXPECT_THAT(
      inserted({.host_path = host(""), .target = "/srv", .opaque = true, .owner = owner}),
      ElementsAre("srv/ 755 3", "srv/.wh..wh..opq 0 0", "srv/one 644 3", "srv/sub/ 755 3", "srv/sub/two 644 3"));
  EXPECT_THAT(inserted({.host_path = folder + "/host", .target = "/", .owner = owner}),
              ElementsAre("one 644 3", "sub/ 755 3", "sub/two 644 3"));
}

TEST_F(Insert, KeepsTheOwnersWhenNoneIsNamed) {
  EXPECT_THAT(inserted({.host_path = host("one"), .target = "x"}), ElementsAre(fmt::format("x 644 {}", geteuid())));
}

TEST_F(Insert, TakesAway) {
  EXPECT_THAT(inserted({.target = "/usr/bin"}), ElementsAre("usr/.wh.bin 0 0"));
  EXPECT_THAT(inserted({.target = "/bin"}), ElementsAre(".wh.bin 0 0"));
  EXPECT_THAT(inserted({.target = "/none"}), ElementsAre("the image has no '/none'"));
  EXPECT_THAT(inserted({.target = "/"}), ElementsAre(HasSubstr("is the root of the image")));
}

TEST_F(Insert, RefusesWhatIsNotThereOrDoesNotFit) {
  EXPECT_THAT(inserted({.host_path = host("none"), .target = "x"}), ElementsAre(HasSubstr("No such file")));
  EXPECT_THAT(inserted({.host_path = host("one"), .target = "x/../y"}), ElementsAre(HasSubstr("'..'")));
  EXPECT_THAT(inserted({.host_path = host("one"), .target = "x", .opaque = true}),
              ElementsAre(HasSubstr("not a folder")));
  EXPECT_THAT(inserted({.host_path = host("one"), .target = "/"}), ElementsAre("one 644 " + std::to_string(geteuid())));
}

}  // namespace
}  // namespace gantry::edit
