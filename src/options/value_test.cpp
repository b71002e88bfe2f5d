#include "options/value.hpp"

#include <gtest/gtest.h>

namespace gantry::options {
namespace {

TEST(Reader, KnowsEverySpellingOfAFlag) {
  for (const char* word : {"true", "1", "t", "T", "TRUE", "True"}) EXPECT_TRUE(*read_flag(word)) << word;
  for (const char* word : {"false", "0", "f", "F", "FALSE", "False"}) EXPECT_FALSE(*read_flag(word)) << word;
  for (const char* word : {"", "yes", "tRUE"}) EXPECT_FALSE(read_flag(word)) << word;
}

TEST(Reader, TakesSecondsOrADuration) {
  EXPECT_EQ(*read_duration("10"), 10'000'000'000);
  EXPECT_EQ(*read_duration("250ms"), 250'000'000);
  EXPECT_FALSE(read_duration("10000000000"));
  EXPECT_FALSE(read_duration("soon"));
}

TEST(Reader, KeepsANumberBetweenItsBounds) {
  EXPECT_EQ((*read_between<-1, 5>("-1")), -1);
  EXPECT_EQ((*read_between<-1, 5>("5")), 5);
  EXPECT_FALSE((read_between<-1, 5>("6")));
  EXPECT_FALSE((read_between<-1, 5>("-2")));
  EXPECT_FALSE((read_between<-1, 5>("1x")));
}

TEST(Reader, RefusesNumbersThatAreNone) {
  EXPECT_DOUBLE_EQ(*read_decimal("1.5"), 1.5);
  for (const char* word : {"", "nan", "inf", "1.5x", "1,5"}) EXPECT_FALSE(read_decimal(word)) << word;
}

}  // namespace
}  // namespace gantry::options
