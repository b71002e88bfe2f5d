#include "cli/environment.hpp"

#include "base/file.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace gantry::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Environment : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-cli.XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    setenv("GANTRY_TEST_ONE", "1", 1);
    setenv("GANTRY_TEST_TWO", "zwei", 1);
    unsetenv("GANTRY_TEST_THREE");
  }
  void TearDown() override { best_effort(remove_tree(folder_)); }

  std::string file(std::string_view text) {
    std::string path = folder_ + "/env";
    EXPECT_TRUE(replace_file(path, text));
    return path;
  }

  std::string folder_;
};

TEST_F(Environment, TakesAValueFromHere) {
  auto read = read_environment({}, {"A=b=c", "GANTRY_TEST_ONE", "GANTRY_TEST_THREE", "EMPTY="});
  ASSERT_TRUE(read);
  EXPECT_THAT(*read, ElementsAre("A=b=c", "GANTRY_TEST_ONE=1", "EMPTY="));
}

TEST_F(Environment, TakesEveryVariableThatBeginsSo) {
  auto read = read_environment({}, {"GANTRY_TEST_*"});
  ASSERT_TRUE(read);
  EXPECT_THAT(*read, testing::UnorderedElementsAre("GANTRY_TEST_ONE=1", "GANTRY_TEST_TWO=zwei"));
}

TEST_F(Environment, ReadsFilesBeforeWords) {
  auto path = file("# a comment\n\n  A=1 \r\nGANTRY_TEST_TWO\n#B=2\nC= x y");
  auto read = read_environment({path}, {"A=2"});
  ASSERT_TRUE(read);
  EXPECT_THAT(*read, ElementsAre("A=1 ", "GANTRY_TEST_TWO=zwei", "C= x y", "A=2"));
}

TEST_F(Environment, NamesTheFileOfABadLine) {
  auto read = read_environment({file("=1\n")}, {});
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message(), HasSubstr(folder_ + "/env: '=1' names no variable"));
}

TEST_F(Environment, RefusesAMissingFile) {
  auto read = read_environment({folder_ + "/none"}, {});
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message(), HasSubstr("/none: No such file or directory"));
}

TEST_F(Environment, IsEmptyWithoutOptions) {
  auto read = read_environment({}, {});
  ASSERT_TRUE(read);
  EXPECT_THAT(*read, IsEmpty());
}

}  // namespace
}  // namespace gantry::cli
