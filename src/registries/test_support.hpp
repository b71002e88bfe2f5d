#pragma once

#include "base/file.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace gantry::registries {

/// A folder of its own.
class FolderFixture : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "gantry-registries-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { best_effort(remove_tree(folder_)); }

  std::string at(std::string_view name) const { return fmt::format("{}/{}", folder_, name); }
  /// Writes a file, with the folders above it; its path.
  std::string put(std::string_view name, std::string_view text, unsigned mode = 0644) const {
    const std::string path = at(name);
    EXPECT_TRUE(make_folders(path.substr(0, path.rfind('/'))));
    EXPECT_TRUE(replace_file(path, text, mode, Sync::no));
    return path;
  }

  std::string folder_;
};

}  // namespace gantry::registries
