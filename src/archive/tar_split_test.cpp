#include "archive/tar_split.hpp"

#include "base/base64.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

namespace gantry::archive {
namespace {

class TarSplit : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-split.XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder = name;
    ASSERT_TRUE(replace_file(folder + "/outside", "secret", 0644, Sync::no));
    ASSERT_TRUE(make_folders(folder + "/files"));
    ASSERT_TRUE(replace_file(folder + "/files/a", "content", 0644, Sync::no));
    ASSERT_EQ(symlink("../outside", (folder + "/files/link").c_str()), 0);
  }
  void TearDown() override { best_effort(remove_tree(folder)); }

  Result<std::string> assembled(const std::string& lines) {
    TarSplitSource source(std::make_unique<MemorySource>(as_bytes(lines)), *open_folder(folder + "/files"), "layer");
    auto text = read_text(source, 1u << 20);
    if (!text) return std::move(text.error());
    return **text;
  }

  static std::string segment(std::string_view bytes) {
    return R"({"type":2,"payload":")" + base64_encode(bytes) + R"(","position":0})" + "\n";
  }
  static std::string file(const std::string& name, int size) {
    return fmt::format(R"({{"type":1,"name":"{}","size":{},"payload":"AAAA","position":1}})", name, size) + "\n";
  }

  std::string folder;
};

TEST_F(TarSplit, PutsSegmentsAndFilesTogether) {
  auto text = assembled(segment("header ") + file("a", 7) + segment(" end") + file("gone", 0));
  ASSERT_TRUE(text) << text.error().message();
  EXPECT_EQ(*text, "header content end");
  EXPECT_EQ(*assembled(R"({"type":1,"name_raw":"YQ==","size":7})"), "content");
  EXPECT_EQ(*assembled(""), "");
}

TEST_F(TarSplit, LooksForFilesBelowItsFolderAlone) {
  for (const char* name : {"../outside", "/outside", "link", "../files/../outside", "."})
    EXPECT_FALSE(assembled(file(name, 6))) << name;
}

TEST_F(TarSplit, RefusesWhatDoesNotFit) {
  EXPECT_EQ(assembled(file("a", 8)).error().code(), Code::corrupt);
  EXPECT_FALSE(assembled(file("missing", 1)));
  EXPECT_FALSE(assembled("{"));
  EXPECT_FALSE(assembled(R"({"type":3})"));
  EXPECT_FALSE(assembled(R"({"type":2,"payload":"!"})"));
}

}  // namespace
}  // namespace gantry::archive
