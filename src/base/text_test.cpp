#include "base/text.hpp"

#include <gmock/gmock.h>

namespace gantry {
namespace {

using testing::ElementsAre;

TEST(Text, Splits) {
  EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_THAT(split("a,", ','), ElementsAre("a", ""));
}

TEST(Text, CutsAtTheFirstOrTheLast) {
  const Halves first = cut("a=b=c", '='), last = cut_last("a=b=c", '='), none = cut("abc", '=');
  EXPECT_EQ(first.before, "a");
  EXPECT_EQ(first.after, "b=c");
  EXPECT_EQ(last.before, "a=b");
  EXPECT_EQ(last.after, "c");
  EXPECT_FALSE(none.found);
  EXPECT_EQ(none.before, "abc");
  EXPECT_EQ(none.after, "");
}

TEST(Text, TrimsJoinsAndLowers) {
  EXPECT_EQ(trim(" \t\r\na b\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(join({"a", "", "b"}, ", "), "a, , b");
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(to_lower("AbC-Ä"), "abc-Ä");
}

TEST(Text, ReadsNumbersThatAreTheWholeText) {
  EXPECT_EQ(*parse_unsigned("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(*parse_signed("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(*parse_unsigned("007"), 7u);
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "0x1", "1.0", "one"})
    EXPECT_EQ(parse_unsigned(text).error().code(), Code::invalid) << text;
  EXPECT_EQ(parse_unsigned("18446744073709551616").error().message(), "'18446744073709551616' is too large a number");
  EXPECT_FALSE(parse_signed("--1"));
}

TEST(Text, ReadsSizesAsDockerDoes) {
  EXPECT_EQ(*parse_size("0"), 0u);
  EXPECT_EQ(*parse_size("512"), 512u);
  EXPECT_EQ(*parse_size("512b"), 512u);
  EXPECT_EQ(*parse_size("64k"), 65536u);
  EXPECT_EQ(*parse_size("10kb"), 10240u);
  EXPECT_EQ(*parse_size("128M"), 128u << 20);
  EXPECT_EQ(*parse_size("1GiB"), 1u << 30);
  EXPECT_EQ(*parse_size("1.5g"), 3u << 29);
  EXPECT_EQ(*parse_size("2t"), std::uint64_t{2} << 40);
  for (const char* text : {"", "k", "-1", "1x", "1kbb", "1..5g", "1.g", "99999999999p", "1 000"})
    EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Text, WritesSizesAsDockerDoes) {
  EXPECT_EQ(human_size(0), "0B");
  EXPECT_EQ(human_size(999), "999B");
  EXPECT_EQ(human_size(1000), "1kB");
  EXPECT_EQ(human_size(12'345'678), "12.3MB");
  EXPECT_EQ(human_size(999'999'999), "1000MB");
  EXPECT_EQ(human_size(1'230'000'000), "1.23GB");
}

TEST(Text, QuotesForAShell) {
  EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quote(""), "''");
}

}  // namespace
}  // namespace gantry
