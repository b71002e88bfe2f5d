#include "options/suggest.hpp"

#include <gtest/gtest.h>

namespace gantry::options {
namespace {

TEST(EditDistance, CountsLetters) {
  EXPECT_EQ(edit_distance("env", "env"), 0u);
  EXPECT_EQ(edit_distance("evn", "env"), 1u);  // swapped
  EXPECT_EQ(edit_distance("en", "env"), 1u);
  EXPECT_EQ(edit_distance("envv", "env"), 1u);
  EXPECT_EQ(edit_distance("emv", "env"), 1u);
  EXPECT_EQ(edit_distance("", "env"), 3u);
  EXPECT_EQ(edit_distance("volume", "mount"), 4u);
}

TEST(Suggestion, IsTheClosestWord) {
  Suggestion suggestion("memroy");
  for (const char* word : {"mount", "memory", "memory-swap"}) suggestion.offer(word);
  EXPECT_EQ(suggestion.word(), "memory");
}

TEST(Suggestion, IsNothingForAWordThatResemblesNone) {
  Suggestion suggestion("xyz");
  for (const char* word : {"run", "ps", "rm"}) suggestion.offer(word);
  EXPECT_EQ(suggestion.word(), "");
}

TEST(Suggestion, LooksAtNoLongWords) {
  const std::string_view kLong = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  Suggestion suggestion(kLong);
  suggestion.offer(kLong);
  EXPECT_EQ(suggestion.word(), "");
}

}  // namespace
}  // namespace gantry::options
