#include "view/merge.hpp"

#include <gtest/gtest.h>

namespace gantry::view {

namespace {

using archive::Kind;

archive::Entry file(std::string path) { return {.path = std::move(path)}; }
archive::Entry folder(std::string path) { return {.path = std::move(path), .kind = Kind::directory}; }

/// Layers from the top, and what of each can be seen.
std::vector<std::string> seen(const std::vector<std::vector<archive::Entry>>& layers) {
  Merge merge;
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    for (const auto& entry : layers[i]) {
      auto visible = merge.add(entry);
      EXPECT_TRUE(visible) << visible.error().message();
      if (visible && *visible) paths.push_back(std::to_string(i) + ":" + entry.path);
    }
    merge.end_layer();
  }
  return paths;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST(Merge, TheTopmostFileIsSeen) {
  EXPECT_EQ(seen({{folder("a"), file("a/b")}, {folder("a"), file("a/b"), file("a/c")}}),
            (Paths{"0:a", "0:a/b", "1:a/c"}));
}

TEST(Merge, AWhiteoutHidesWhatIsBelowIt) {
  EXPECT_EQ(seen({{file(".wh.a")}, {folder("a"), file("a/b"), file("c")}}), (Paths{"1:c"}));
}

TEST(Merge, AWhiteoutAndAFolderOfTheSameLayerAreANewFolder) {
  EXPECT_EQ(seen({{file(".wh.a"), folder("a"), file("a/new")}, {folder("a"), file("a/old")}}),
            (Paths{"0:a", "0:a/new"}));
  EXPECT_EQ(seen({{folder("a"), file("a/new"), file(".wh.a")}, {folder("a"), file("a/old")}}),
            (Paths{"0:a", "0:a/new"}));
}

TEST(Merge, AnOpaqueFolderHidesWhatLowerLayersHaveInIt) {
  EXPECT_EQ(seen({{folder("a"), file("a/.wh..wh..opq"), file("a/new")}, {folder("a"), file("a/old")}}),
            (Paths{"0:a", "0:a/new"}));
  EXPECT_EQ(seen({{file(".wh..wh..opq"), file("a")}, {file("b")}}), (Paths{"0:a"}));
}

TEST(Merge, AFileHidesAFolderAndAllInIt) {
  EXPECT_EQ(seen({{file("a")}, {folder("a"), file("a/b")}}), (Paths{"0:a"}));
  EXPECT_EQ(seen({{folder("a")}, {file("a")}, {folder("a"), file("a/b")}}), (Paths{"0:a"}));
}

TEST(Merge, AFolderThatIsImpliedHasItsOwnerFromBelow) {
  EXPECT_EQ(seen({{file("a/b")}, {folder("a"), file("a/c")}}), (Paths{"0:a/b", "1:a", "1:a/c"}));
}

TEST(Merge, WhatIsGoneAboveStaysGone) {
  EXPECT_EQ(seen({{file(".wh.a")}, {file("a")}, {file("a")}}), Paths{});
  EXPECT_EQ(seen({{file(".wh.a")}, {folder("a")}, {file("a/b")}}), Paths{});
}

}  // namespace gantry::view
