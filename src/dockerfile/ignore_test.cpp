#include "dockerfile/ignore.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::dockerfile {

namespace {

IgnoreRules rules(std::string_view text) {
  auto parsed = IgnoreRules::parse(text, ".dockerignore");
  if (!parsed) ADD_FAILURE() << parsed.error().message();
  return parsed ? std::move(*parsed) : IgnoreRules();
}

}  // namespace

TEST(Ignore, FoldersTakeTheirContentWithThem) {
  const auto all = rules("# comment\n\n  build  \n/docs/\n*.o\r\n");
  EXPECT_TRUE(all.ignores("build"));
  EXPECT_TRUE(all.ignores("build/a/b"));
  EXPECT_FALSE(all.ignores("src/build"));
  EXPECT_TRUE(all.ignores("docs/x"));
  EXPECT_TRUE(all.ignores("a.o"));
  EXPECT_FALSE(all.ignores("src/a.o"));
}

TEST(Ignore, TheLastRuleThatFitsDecides) {
  const auto all = rules("*.md\n!README*.md\nREADME-secret.md\n");
  EXPECT_TRUE(all.ignores("a.md"));
  EXPECT_FALSE(all.ignores("README.md"));
  EXPECT_FALSE(all.ignores("README-x.md"));
  EXPECT_TRUE(all.ignores("README-secret.md"));
  EXPECT_FALSE(rules("*.md\nREADME-secret.md\n!README*.md").ignores("README-secret.md"));
}

TEST(Ignore, FilesCanBeTakenBackFromAFolder) {
  const auto all = rules("vendor\n!vendor/keep\n");
  EXPECT_TRUE(all.ignores("vendor/x"));
  EXPECT_FALSE(all.ignores("vendor/keep/y"));
  EXPECT_FALSE(all.ignores_all_below("vendor"));
  EXPECT_TRUE(all.ignores_all_below("vendor/other"));
  EXPECT_TRUE(rules("*\n").ignores_all_below("a"));
  EXPECT_FALSE(rules("*\n!**/*.go").ignores_all_below("a"));
  EXPECT_FALSE(rules("a/x\n").ignores_all_below("a"));
}

TEST(Ignore, EverythingButSomething) {
  const auto all = rules("*\n!src\n!go.mod");
  EXPECT_TRUE(all.ignores("a"));
  EXPECT_FALSE(all.ignores("src/a/b"));
  EXPECT_FALSE(all.ignores("go.mod"));
}

TEST(Ignore, TheContextItselfIsNeverLeftOut) {
  EXPECT_TRUE(rules(".\n/\n").empty());
  EXPECT_FALSE(rules("**").ignores(""));
}

TEST(Ignore, MistakesNameTheLine) {
  auto parsed = IgnoreRules::parse("a\n[x\n", ".dockerignore");
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().message(), testing::StartsWith(".dockerignore:2: "));
  EXPECT_FALSE(IgnoreRules::parse("!\n", ".dockerignore"));
}

TEST(Ignore, TheFileBesideTheDockerfileComesFirst) {
  const auto files = ignore_files("deploy/app.Dockerfile");
  EXPECT_EQ(files.beside, "deploy/app.Dockerfile.dockerignore");
  EXPECT_THAT(files.in_context, testing::ElementsAre(".containerignore", ".dockerignore"));
}

}  // namespace gantry::dockerfile
