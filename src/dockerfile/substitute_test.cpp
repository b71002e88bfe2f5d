#include "dockerfile/substitute.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace gantry::dockerfile {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::map<std::string, std::string, std::less<>> kVariables = {
    {"a", "value"}, {"empty", ""}, {"path", "/usr/lib/x.tar.gz"}, {"b", "x y"}, {"star", "a*b"}, {"umlaut", "äöü"}};

const std::string* find(std::string_view name) {
  const auto found = kVariables.find(name);
  return found == kVariables.end() ? nullptr : &found->second;
}

std::string made(std::string_view text, char escape = '\\') {
  auto done = substitute(text, find, {.escape = escape});
  return done ? done->text : "error: " + done.error().message();
}

}  // namespace

TEST(Substitute, PlainVariables) {
  EXPECT_EQ(made("$a-${a}x$aa"), "value-valuex");
  EXPECT_EQ(made("a$"), "a$");
  EXPECT_EQ(made("$ a"), "$ a");
  EXPECT_EQ(made("$1$?x"), "x");
}

TEST(Substitute, QuotesAndEscapes) {
  EXPECT_EQ(made(R"('$a' "$a" \$a "\$a" "\n" \n)"), R"($a value $a $a \n n)");
  EXPECT_EQ(made(R"("it's" 'a"b')"), R"(it's a"b)");
  EXPECT_EQ(made("`$a \\x", '`'), "$a \\x");
  EXPECT_THAT(made("'a"), HasSubstr("a single quote is not closed"));
  EXPECT_THAT(made("\"a"), HasSubstr("a double quote is not closed"));
  EXPECT_EQ(made("a\\"), "a");
}

TEST(Substitute, Defaults) {
  EXPECT_EQ(made("${a:-x} ${none:-x} ${empty:-x} ${empty-x} ${none-x}"), "value x x  x");
  EXPECT_EQ(made("${a:+x} ${none:+x} ${empty:+x} ${empty+x} ${none+x}"), "x   x ");
  EXPECT_EQ(made("${none:-${other:-${a}}}"), "value");
  EXPECT_EQ(made("${none:-'a}b'}"), "a}b");
  EXPECT_EQ(made("\"${none:-a b}\""), "a b");
}

TEST(Substitute, DemandedVariables) {
  EXPECT_EQ(made("${a:?no}${empty?no}"), "value");
  EXPECT_THAT(made("${none:?give it}"), HasSubstr("none: give it (give it by --build-arg none=VALUE"));
  EXPECT_THAT(made("${empty:?}"), HasSubstr("empty: must not be empty"));
  EXPECT_THAT(made("${none?}"), HasSubstr("none: must be set"));
}

TEST(Substitute, PrefixesAndSuffixes) {
  EXPECT_EQ(made("${path#*/}"), "usr/lib/x.tar.gz");
  EXPECT_EQ(made("${path##*/}"), "x.tar.gz");
  EXPECT_EQ(made("${path%.*}"), "/usr/lib/x.tar");
  EXPECT_EQ(made("${path%%.*}"), "/usr/lib/x");
  EXPECT_EQ(made("${path#/usr}"), "/lib/x.tar.gz");
  EXPECT_EQ(made("${path#lib}"), "/usr/lib/x.tar.gz");
  EXPECT_EQ(made("${path%??}"), "/usr/lib/x.tar.");
  EXPECT_EQ(made("${star#a\\*}"), "b");
  EXPECT_EQ(made("${umlaut#?}"), "öü");
  EXPECT_EQ(made("${none#x}"), "");
  EXPECT_THAT(made("${path#\\a}"), HasSubstr("escape that escapes nothing"));
}

TEST(Substitute, Replacements) {
  EXPECT_EQ(made("${path/x/y}"), "/usr/lib/y.tar.gz");
  EXPECT_EQ(made("${path//r/R}"), "/usR/lib/x.taR.gz");
  EXPECT_EQ(made("${path//\\//-}"), "-usr-lib-x.tar.gz");
  EXPECT_EQ(made("${path/.*/}"), "/usr/lib/x");
  EXPECT_EQ(made("${path/l?b/$a}"), "/usr/value/x.tar.gz");
  EXPECT_EQ(made("${a//?/-}"), "-----");
  EXPECT_EQ(made("${a//*/-}"), "-");
  EXPECT_THAT(made("${a/x}"), HasSubstr("'/' is missing"));
}

TEST(Substitute, BadSyntaxIsSaid) {
  EXPECT_THAT(made("${a"), HasSubstr("'${' is not closed"));
  EXPECT_THAT(made("${"), HasSubstr("'${' is not closed"));
  EXPECT_THAT(made("${}"), HasSubstr("has no name"));
  EXPECT_THAT(made("${a^^}"), HasSubstr("the modifier behind 'a' is unknown"));
  EXPECT_THAT(made("${a:-x"), HasSubstr("'${' is not closed"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "${none:-";
  EXPECT_THAT(made(deep), HasSubstr("nested too deep"));
}

TEST(Substitute, WordsAreSplitOutsideOfQuotes) {
  const auto words = [](std::string_view text) { return substitute(text, find)->words; };
  EXPECT_THAT(words("1 $b \"$b\" a\\ b"), ElementsAre("1", "x", "y", "x y", "a b"));
}

TEST(Substitute, UnsetVariablesAreNamed) {
  EXPECT_THAT(substitute("$x ${y} ${z:-1} $a $1", find)->unset, ElementsAre("x", "y"));
}

TEST(Substitute, ResultsHaveALimit) {
  const std::string big(1000, 'x');
  const auto all = [&](std::string_view) { return &big; };
  EXPECT_FALSE(substitute("$a$a$a", all, {.limit = 2000}));
  EXPECT_FALSE(substitute("\"$a$a$a$a\"", all, {.limit = 2000}));
}

TEST(Substitute, QuotesAreTextInHeredocs) {
  EXPECT_EQ(substitute("'$a' \"x\" \\$a", find, {.reads_quotes = false})->text, "'value' \"x\" $a");
}

}  // namespace gantry::dockerfile
