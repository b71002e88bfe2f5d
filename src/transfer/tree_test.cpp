#include "transfer/tree.hpp"

#include "transfer/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::transfer {
namespace {

using testing::HasSubstr;

class TreeTest : public Workshop {
 protected:
  std::unique_ptr<Tree> open(const std::vector<std::pair<archive::Entry, std::string>>& entries) {
    auto tree = open_tar_tree(open_file(write("x.tar", tar_of(entries)), O_RDONLY).value(), "x.tar");
    EXPECT_TRUE(tree) << tree.error().message();
    return std::move(*tree);
  }
  static std::pair<archive::Entry, std::string> link(archive::Kind kind, std::string path, std::string target) {
    return {{.path = std::move(path), .kind = kind, .mode = 0777, .link = std::move(target)}, ""};
  }
};

TEST_F(TreeTest, FindsAMemberByItsCleanPath) {
  auto tree = open({file("./a//b", "one"), file("c", "two")});
  EXPECT_EQ(tree->read("a/b").value(), "one");
  EXPECT_EQ(tree->read("a/../c").value(), "two");
  EXPECT_FALSE(tree->has("a"));
  EXPECT_EQ(tree->read("d").error().message(), "x.tar has no file d");
}

TEST_F(TreeTest, TakesTheLastOfTwoMembersWithOneName) {
  EXPECT_EQ(open({file("a", "old"), file("a", "new")})->read("a").value(), "new");
}

TEST_F(TreeTest, ReadsSeveralMembersAtATime) {
  auto tree = open({file("a", "12"), file("b", "34")});
  auto a = tree->open("a").value(), b = tree->open("b").value();
  std::byte byte;
  std::string read;
  for (auto* source : {a.get(), b.get(), a.get(), b.get()}) {
    ASSERT_EQ(source->read({&byte, 1}).value(), 1u);
    read += static_cast<char>(byte);
  }
  EXPECT_EQ(read, "1324");
}

TEST_F(TreeTest, FollowsLinksAsOldDockersMakeThem) {
  auto tree = open({file("aaa/layer.tar", "data"), link(archive::Kind::symlink, "bbb/layer.tar", "../aaa/layer.tar"),
                    link(archive::Kind::hardlink, "ccc", "aaa/layer.tar")});
  EXPECT_EQ(tree->read("bbb/layer.tar").value(), "data");
  EXPECT_EQ(tree->read("ccc").value(), "data");
}

TEST_F(TreeTest, GivesUpOnLinksThatLeadNowhereOrInACircle) {
  auto tree = open({link(archive::Kind::symlink, "a", "b"), link(archive::Kind::symlink, "b", "a"),
                    link(archive::Kind::symlink, "out", "../../../etc/passwd")});
  EXPECT_EQ(tree->read("a").error().code(), Code::not_found);
  EXPECT_EQ(tree->read("out").error().code(), Code::not_found);
}

TEST_F(TreeTest, RefusesADocumentThatIsTooLarge) {
  EXPECT_THAT(open({file("a", std::string(100, 'x'))})->read("a", 99).error().message(),
              HasSubstr("a in x.tar is larger than 99 bytes"));
}

TEST_F(TreeTest, NamesAnArchiveThatIsCutOff) {
  std::string whole = tar_of({file("a", std::string(5000, 'x'))});
  auto fd = open_file(write("cut.tar", whole.substr(0, 2000)), O_RDONLY).value();
  auto tree = open_tar_tree(std::move(fd), "cut.tar");
  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().code(), Code::corrupt);
  EXPECT_THAT(tree.error().message(), HasSubstr("cut.tar: "));
}

}  // namespace
}  // namespace gantry::transfer
