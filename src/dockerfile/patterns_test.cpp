#include "dockerfile/patterns.hpp"

#include <gtest/gtest.h>

namespace gantry::dockerfile {

namespace {

bool part(std::string_view pattern, std::string_view text) {
  auto compiled = PathPattern::for_part(pattern);
  return compiled && compiled->matches(text);
}

bool path(std::string_view pattern, std::string_view text) {
  auto compiled = PathPattern::for_path(pattern);
  return compiled && compiled->matches(text);
}

}  // namespace

TEST(Patterns, PartsAreMatchedAsByFilepathMatch) {
  EXPECT_TRUE(part("abc", "abc"));
  EXPECT_TRUE(part("*", "abc"));
  EXPECT_TRUE(part("*c", "abc"));
  EXPECT_FALSE(part("a*", "ab/c"));
  EXPECT_TRUE(part("a*/b", "a/b"));
  EXPECT_TRUE(part("a*b*c*d*e*", "axbxcxdxexxx"));
  EXPECT_FALSE(part("a*b*c*d*e*/f", "axbxcxdxe/xxx/f"));
  EXPECT_TRUE(part("a*b?c*x", "abxbbxdbxebxczzx"));
  EXPECT_FALSE(part("a*b?c*x", "abxbbxdbxebxczzy"));
  EXPECT_TRUE(part("ab[c]", "abc"));
  EXPECT_TRUE(part("ab[b-d]", "abc"));
  EXPECT_FALSE(part("ab[e-g]", "abc"));
  EXPECT_FALSE(part("ab[^c]", "abc"));
  EXPECT_TRUE(part("ab[^e-g]", "abc"));
  EXPECT_TRUE(part("a\\*b", "a*b"));
  EXPECT_FALSE(part("a\\*b", "ab"));
  EXPECT_TRUE(part("a?b", "a☺b"));
  EXPECT_TRUE(part("a[^a]b", "a☺b"));
  EXPECT_TRUE(part("[a-ζ]*", "α"));
  EXPECT_FALSE(part("*[a-ζ]", "A"));
  EXPECT_FALSE(part("a?b", "a/b"));
  EXPECT_TRUE(part("[\\]a]", "]"));
  EXPECT_TRUE(part("[\\-x]", "-"));
}

TEST(Patterns, BrokenOnesAreRefused) {
  for (const auto* text : {"[", "[^", "[a", "[]a]", "[-]", "[x-]", "[-x]", "a\\", "[a-b-c]"}) {
    EXPECT_FALSE(PathPattern::for_part(text)) << text;
  }
}

TEST(Patterns, TwoStarsAreAnyNumberOfFolders) {
  EXPECT_TRUE(path("**/a", "a"));
  EXPECT_TRUE(path("**/a", "x/y/a"));
  EXPECT_FALSE(path("**/a", "xa"));
  EXPECT_FALSE(path("**/a", "a/b"));
  EXPECT_TRUE(path("a/**", "a/b/c"));
  EXPECT_FALSE(path("a/**", "a"));
  EXPECT_TRUE(path("a/**/b", "a/b"));
  EXPECT_TRUE(path("a/**/b", "a/x/y/b"));
  EXPECT_FALSE(path("a/**/b", "a/xb"));
  EXPECT_TRUE(path("**", "a/b"));
  EXPECT_TRUE(path("**/*.o", "x/y.o"));
  EXPECT_FALSE(path("*.o", "x/y.o"));
  EXPECT_TRUE(path("/a/./b/../c/", "a/c"));
  EXPECT_TRUE(path("**/.git", "x/.git"));
}

TEST(Patterns, FoldersHoldWhatIsInThem) {
  const auto pattern = *PathPattern::for_path("a*/b");
  EXPECT_TRUE(pattern.matches_or_contains("ax/b/c/d"));
  EXPECT_TRUE(pattern.matches_or_contains("a/b"));
  EXPECT_FALSE(pattern.matches_or_contains("a/bc"));
  EXPECT_TRUE(pattern.may_match_below("a"));
  EXPECT_FALSE(pattern.may_match_below("b"));
  EXPECT_FALSE(pattern.may_match_below("a/c"));
  EXPECT_TRUE(PathPattern::for_path("**/x")->may_match_below("a/b/c"));
}

TEST(Patterns, HostileOnesTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  EXPECT_FALSE(part(pattern + "b", std::string(2000, 'a')));
}

TEST(Patterns, PathsAreCleanedAsByFilepathClean) {
  EXPECT_EQ(clean_path("a//b/./c/.."), "a/b");
  EXPECT_EQ(clean_path(""), ".");
  EXPECT_EQ(clean_path("/.."), "/");
  EXPECT_EQ(clean_path("../a/.."), "..");
  EXPECT_EQ(clean_path("a/"), "a");
}

}  // namespace gantry::dockerfile
