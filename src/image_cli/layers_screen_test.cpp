#include "image_cli/layers_screen.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gantry::image_cli {

namespace {

view::ImageReport report_of(std::size_t layers, std::size_t files) {
  view::ImageReport report;
  for (std::size_t i = 0; i < layers; ++i) {
    view::LayerReport layer{.created_by = "step " + std::to_string(i)};
    for (std::size_t file = 0; file < files; ++file)
      layer.changes.push_back({.path = fmt::format("{}-{}", i, file), .size = file});
    report.layers.push_back(std::move(layer));
  }
  return report;
}

std::size_t lines_of(const std::string& text) { return 1 + static_cast<std::size_t>(std::ranges::count(text, '\n')); }

bool shows(LayersScreen& screen, std::string_view text, linux::WindowSize size = {.rows = 12, .columns = 60}) {
  return screen.draw(size).find(text) != std::string::npos;
}

}  // namespace

TEST(LayersScreen, FillsTheTerminalWhateverItsSize) {
  auto report = report_of(9, 50);
  LayersScreen screen("app", report);
  for (unsigned short rows : {8, 12, 24, 100}) EXPECT_EQ(lines_of(screen.draw({.rows = rows, .columns = 60})), rows);
  auto empty = report_of(0, 0);
  EXPECT_EQ(lines_of(LayersScreen("app", empty).draw({.rows = 10, .columns = 10})), 10U);
}

TEST(LayersScreen, KeysChooseALayerAndMoveItsFiles) {
  auto report = report_of(9, 50);
  LayersScreen screen("app", report);
  EXPECT_TRUE(shows(screen, "/0-0"));
  EXPECT_TRUE(screen.press("\x1b[Bj\x1bOB"));  // typed fast
  EXPECT_TRUE(shows(screen, "/3-0"));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(screen.press("\x1b[B"));
  EXPECT_TRUE(shows(screen, "/8-0"));
  EXPECT_TRUE(shows(screen, "step 8"));
  EXPECT_FALSE(shows(screen, "step 1"));
  EXPECT_TRUE(screen.press("\x1b[6~"));
  EXPECT_FALSE(shows(screen, "/8-0\x1b"));
  for (int i = 0; i < 200; ++i) EXPECT_TRUE(screen.press("J"));
  EXPECT_TRUE(shows(screen, "/8-49"));
  EXPECT_TRUE(screen.press("\x1b[A"));
  EXPECT_TRUE(shows(screen, "/7-0"));
  EXPECT_FALSE(screen.press("q"));
}

TEST(LayersScreen, NamesCannotMoveTheCursor) {
  auto report = report_of(1, 0);
  report.layers[0].changes.push_back({.path = "evil\x1b[2J\nname"});
  LayersScreen screen("app", report);
  EXPECT_TRUE(shows(screen, "evil\\x1b[2J\\nname"));
  EXPECT_TRUE(shows(screen, "/evil", {.rows = 12, .columns = 20}));
}

}  // namespace gantry::image_cli
