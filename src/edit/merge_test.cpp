#include "edit/merge.hpp"

#include "edit/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::edit {
namespace {

using archive::Entry;
using archive::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using Members = std::vector<std::pair<Entry, std::string>>;

std::pair<Entry, std::string> node(Kind kind, std::string path, std::string link = {}) {
  return {{.path = std::move(path), .kind = kind, .mode = 0755, .link = std::move(link)}, ""};
}
std::pair<Entry, std::string> dir(std::string path) { return node(Kind::directory, std::move(path)); }

class Merge : public EditWorkshop {
 protected:
  using EditWorkshop::EditWorkshop;

  DraftLayer layer_of(const std::string& tar) {
    auto made = take_layer(std::make_unique<TextSource>(tar), "test", tmp(), archive::Compression::none).value();
    return {.descriptor = {.media_type = std::string(oci::kOciLayer), .digest = made.digest, .size = made.size},
            .diff_id = made.diff_id,
            .file = made.file};
  }

  /// The tar that layers become.
  std::string tar_of_layers(const std::vector<Members>& layers, const MergeOptions& options = {}) {
    std::vector<DraftLayer> made;
    for (const auto& members : layers) made.push_back(layer_of(transfer::tar_of(members)));
    auto merged = merge(made, "app", tmp(), Keep::data);
    if (!merged) return merged.error().message();
    MemorySink out;
    auto written = write_merged(*merged, out, options);
    return written ? std::string(as_text(out.data())) : written.error().message();
  }

  /// Its members: "path", "path=data", "path/", "path -> link", "path => hardlink".
  static std::vector<std::string> members_of(const std::string& tar) {
    MemorySource source(as_bytes(tar));
    archive::TarReader reader(source);
    std::vector<std::string> members;
    while (true) {
      auto entry = reader.next();
      EXPECT_TRUE(entry) << entry.error().message();
      if (!entry || !*entry) return members;
      std::string text = (*entry)->path;
      if ((*entry)->kind == Kind::symlink) text += " -> " + (*entry)->link;
      if ((*entry)->kind == Kind::hardlink) text += " => " + (*entry)->link;
      if ((*entry)->kind == Kind::file && (*entry)->size > 0) {
        std::string data((*entry)->size, '\0');
        EXPECT_EQ(*reader.read(std::as_writable_bytes(std::span(data))), data.size());
        text += "=" + data;
      }
      members.push_back(text);
    }
  }
  std::vector<std::string> merged(const std::vector<Members>& layers, bool on_base = false) {
    return members_of(tar_of_layers(layers, {.on_base = on_base}));
  }
};

using transfer::file;

TEST_F(Merge, IsSortedAndHasEveryNameOnceAsTheLastLayerHasIt) {
  EXPECT_THAT(
      merged({{file("b", "1"), file("a", "1")}, {file("b", "2"), file("a-c", "3"), dir("a"), file("a/x", "4")}}),
      ElementsAre("a/", "a-c=3", "a/x=4", "b=2"));
}

TEST_F(Merge, DropsWhatIsHidden) {
  EXPECT_THAT(merged({{dir("d"), file("d/old", "1"), file("gone", "1"), dir("e"), file("e/old", "1")},
                      {file("d/new", "2"), file("d/.wh..wh..opq", ""), file(".wh.gone", ""), file(".wh.e", "")}}),
              ElementsAre("d/", "d/new=2"));
}

TEST_F(Merge, KeepsForLayersBelowWhatHides) {
  EXPECT_THAT(merged({{dir("d"), file("d/old", "1"), file("gone", "1")},
                      {file("d/.wh..wh..opq", ""), file("d/new", "2"), file(".wh.gone", "")}},
                     true),
              ElementsAre("d/", "d/.wh..wh..opq", "d/new=2", ".wh.gone"));
  // A folder in the place of a file, or of nothing, hides what the file hid.
  EXPECT_THAT(merged({{file("a", "1")}, {dir("a"), file("a/b", "2")}}, true),
              ElementsAre("a/", "a/.wh..wh..opq", "a/b=2"));
  EXPECT_THAT(merged({{file(".wh.a", "")}, {dir("a")}}, true), ElementsAre("a/", "a/.wh..wh..opq"));
}

TEST_F(Merge, SparesWhatALayerBringsBesideItsWhiteouts) {
  EXPECT_THAT(merged({{file("a", "1")}, {file("a", "2"), file(".wh.a", "")}}), ElementsAre("a=2"));
}

TEST_F(Merge, KeepsHardlinksAlsoToLowerLayers) {
  EXPECT_THAT(merged({{file("z", "1")}, {node(Kind::hardlink, "a", "z"), node(Kind::hardlink, "b", "a")}}),
              ElementsAre("a=1", "b => a", "z => a"));
  // The name that is replaced is a link no more.
  EXPECT_THAT(merged({{file("z", "1"), node(Kind::hardlink, "a", "z")}, {file("a", "2")}}), ElementsAre("a=2", "z=1"));
  EXPECT_THAT(tar_of_layers({{node(Kind::hardlink, "a", "missing")}}), HasSubstr("which is no file"));
}

TEST_F(Merge, FollowsLinksInsideTheImage) {
  EXPECT_THAT(merged({{dir("usr/lib"), node(Kind::symlink, "lib", "/usr/lib")}, {file("lib/x", "1")}}),
              ElementsAre("lib -> /usr/lib", "usr/lib/", "usr/lib/x=1"));
  EXPECT_THAT(merged({{node(Kind::symlink, "up", "../../../etc")}, {file("up/x", "1")}}),
              ElementsAre("etc/x=1", "up -> ../../../etc"));
  EXPECT_THAT(tar_of_layers({{node(Kind::symlink, "a", "b"), node(Kind::symlink, "b", "a"), file("a/x", "")}}),
              HasSubstr("too many symbolic links"));
}

TEST_F(Merge, RefusesPathsThatLeadOut) {
  auto refusal = [&](const std::string& path) {
    std::vector<DraftLayer> layers{draft().layers};
    auto tar = transfer::tar_of({file(path, "")});
    MergedTree tree;
    MemorySource source(as_bytes(tar));
    return tree.apply(source);
  };
  EXPECT_FALSE(refusal("../x"));
  EXPECT_FALSE(refusal("a/../../x"));
  EXPECT_FALSE(refusal("a/.wh."));
}

TEST_F(Merge, WritesNoLaterTimes) {
  auto late = file("a", "");
  late.first.mtime = 5000 * kSecond;
  auto tar = tar_of_layers({{late}}, {.max_mtime = 1000 * kSecond});
  MemorySource source(as_bytes(tar));
  EXPECT_EQ((*archive::TarReader(source).next())->mtime, 1000 * kSecond);
}

TEST_F(Merge, NoticesALayerThatIsNotWhatItShouldBe) {
  auto layers = draft().layers;
  std::swap(layers[0].diff_id, layers[1].diff_id);
  auto wrong = merge(layers, "app", tmp(), Keep::headers);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code(), Code::corrupt);
  EXPECT_THAT(wrong.error().message(), HasSubstr("as the config says"));
}

TEST_F(Merge, SquashesTheTopmostLayers) {
  auto changed = draft();
  ASSERT_TRUE(squash(changed, {.count = 2}, note, tmp()));
  auto made = finish(std::move(changed), {}).value();
  auto offer = offer_in(*made);
  ASSERT_THAT(offer.layers, SizeIs(1));
  EXPECT_THAT(members_of(tar_in(*made, offer.layers[0].descriptor)),
              ElementsAre("app=the app", "bin/sh=shell", "etc/os-release=base"));
  auto history = oci::parse_image_config(offer.config.bytes, "config").value().history;
  ASSERT_THAT(history, SizeIs(3));
  EXPECT_TRUE(history[0].empty_layer && history[1].empty_layer && !history[2].empty_layer);

  auto twice = draft();
  ASSERT_TRUE(squash(twice, {.count = 1}, {.wanted = false}, tmp()));
  EXPECT_THAT(twice.layers, SizeIs(2));
  EXPECT_EQ(twice.layers[0].descriptor, draft().layers[0].descriptor);
  EXPECT_FALSE(squash(twice, {.count = 3}, note, tmp()));
}

}  // namespace
}  // namespace gantry::edit
