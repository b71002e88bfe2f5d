#include "edit/draft.hpp"

#include "edit/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::edit {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class DraftTest : public EditWorkshop {
 protected:
  NewLayer layer_of(const std::string& tar, archive::Compression compression) {
    auto layer = take_layer(std::make_unique<TextSource>(tar), "test", tmp(), compression);
    EXPECT_TRUE(layer) << layer.error().message();
    return std::move(*layer);
  }
};

TEST_F(DraftTest, KeepsTheLayersAndWritesTheSameBytesEachTime) {
  auto first = finish(draft(), {"localhost/app:1"}).value();
  auto second = finish(draft(), {"localhost/app:1"}).value();
  auto offer = offer_in(*first);
  EXPECT_EQ(offer.names, std::vector<std::string>{"localhost/app:1"});
  ASSERT_THAT(offer.layers, SizeIs(2));
  EXPECT_EQ(tar_in(*first, offer.layers[0].descriptor), base);
  EXPECT_EQ(tar_in(*first, offer.layers[1].descriptor), top);
  EXPECT_EQ(offer.manifest.bytes, offer_in(*second).manifest.bytes);
}

TEST_F(DraftTest, HasNewLayersOnTopAndInItsHistory) {
  auto changed = draft();
  add_layer(changed, layer_of(base, archive::Compression::gzip), note);
  add_layer(changed, layer_of(top, archive::Compression::none), note);
  auto made = finish(std::move(changed), {}).value();
  auto offer = offer_in(*made);
  ASSERT_THAT(offer.layers, SizeIs(4));
  EXPECT_EQ(offer.layers[2].descriptor.media_type, oci::kOciLayerGzip);
  EXPECT_EQ(tar_in(*made, offer.layers[2].descriptor), base);
  EXPECT_EQ(offer.layers[3].descriptor.media_type, oci::kOciLayer);
  EXPECT_EQ(offer.layers[3].diff_id.hex(), hex_of(top));
  auto config = oci::parse_image_config(offer.config.bytes, "config").value();
  // The layers below had none.
  ASSERT_THAT(config.history, SizeIs(4));
  EXPECT_EQ(config.history[1], oci::History());
  EXPECT_EQ(config.history[2].created_by, "test");
  EXPECT_EQ(config.history[3].created, "1970-01-01T00:16:40.000000000Z");
  EXPECT_FALSE(config.history[3].empty_layer);
  EXPECT_EQ(config.created, config.history[3].created);
}

TEST_F(DraftTest, LeavesHistoryAndTimeAloneWhenAskedTo) {
  auto changed = draft();
  add_note(changed, {.wanted = false, .time = kSecond}, false);
  EXPECT_THAT(changed.config.history, SizeIs(0));
  EXPECT_EQ(changed.config.created, "");
}

TEST_F(DraftTest, StaysDockersKindUntilItCannot) {
  auto changed = draft();
  changed.manifest.media_type = oci::kDockerManifest;
  auto docker = finish(changed, {}).value();
  auto offer = offer_in(*docker);
  EXPECT_EQ(offer.manifest.descriptor.media_type, oci::kDockerManifest);
  EXPECT_EQ(offer.layers[0].descriptor.media_type, oci::kDockerLayer);
  add_layer(changed, layer_of(top, archive::Compression::zstd), note);
  auto oci_image = finish(std::move(changed), {}).value();
  offer = offer_in(*oci_image);
  EXPECT_EQ(offer.manifest.descriptor.media_type, oci::kOciManifest);
  EXPECT_EQ(offer.layers[0].descriptor.media_type, oci::kOciLayer);
  EXPECT_EQ(offer.layers[2].descriptor.media_type, oci::kOciLayerZstd);
}

TEST_F(DraftTest, RefusesLayersThatCannotBeUnpackedLater) {
  auto refusal = [&](const std::string& bytes) {
    auto layer = take_layer(std::make_unique<TextSource>(bytes), "x.tar", tmp(), archive::Compression::gzip);
    return layer ? "taken" : layer.error().message();
  };
  EXPECT_THAT(refusal("no tar at all"), HasSubstr("x.tar"));
  EXPECT_THAT(refusal(base.substr(0, base.size() / 2)), HasSubstr("x.tar"));
  EXPECT_THAT(refusal(transfer::tar_of({transfer::file("a/../../b", "")})), HasSubstr("'..'"));
  EXPECT_THAT(refusal(transfer::tar_of({transfer::file(".wh.", "")})), HasSubstr("whiteout"));
}

TEST_F(DraftTest, GivesEachReaderTheLayerFromItsStart) {
  auto changed = draft();
  add_layer(changed, layer_of(top, archive::Compression::zstd), note);
  auto made = finish(std::move(changed), {}).value();
  auto layer = offer_in(*made).layers[2].descriptor;
  auto one = made->open(layer).value();
  ASSERT_TRUE(skip(*one, 10).value());
  EXPECT_EQ(tar_in(*made, layer), top);
}

}  // namespace
}  // namespace gantry::edit
