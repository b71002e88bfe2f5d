#include "base/json.hpp"

#include <gmock/gmock.h>
#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

namespace gantry::json {
namespace {

using testing::HasSubstr;

enum class Fruit { apple, blood_orange, default_ };
BOOST_DESCRIBE_ENUM(Fruit, apple, blood_orange, default_)

enum class Arch : unsigned char { x86, aarch64 };
BOOST_DESCRIBE_ENUM(Arch, x86, aarch64)
constexpr Options json_options(const Arch*) {
  return {.style = Style::upper, .prefix = "ARCH_", .names = {{"x86", "x86-32"}}};
}

/// A type that is a string in JSON.
struct Even {
  std::string digits;
  static Result<Even> parse(std::string_view text) {
    if (text.size() % 2 != 0) return fail(Code::invalid, "'{}' has an odd length", text);
    return Even{std::string(text)};
  }
  std::string text() const { return digits; }
  bool operator==(const Even&) const = default;
};

struct Part {
  std::string part_name;
  std::optional<int> weight;
  bool operator==(const Part&) const = default;
};
BOOST_DESCRIBE_STRUCT(Part, (), (part_name, weight))
constexpr Options json_options(const Part*) { return {.required = {"part_name"}}; }

struct Plot : Part {
  std::string soil;
  bool operator==(const Plot&) const = default;
};
BOOST_DESCRIBE_STRUCT(Plot, (Part), (soil))
constexpr Options json_options(const Plot*) { return {.required = {"part_name", "soil"}}; }

struct Whole {
  bool flag = false;
  std::int8_t tiny = 0;
  std::uint8_t byte = 0;
  std::int16_t small = 0;
  std::uint16_t port = 0;
  std::int32_t number = 0;
  std::uint32_t id = 0;
  std::int64_t big = 0;
  std::uint64_t huge = 0;
  double ratio = 0;
  std::string text;
  Fruit fruit = Fruit::apple;
  Arch arch = Arch::x86;
  Even even;
  std::optional<Part> part;
  std::vector<Part> parts;
  std::vector<std::optional<int>> holes;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::vector<int>> lists;
  Raw raw;
  Unknown unknown;
  bool operator==(const Whole&) const = default;
};
BOOST_DESCRIBE_STRUCT(Whole, (),
                      (flag, tiny, byte, small, port, number, id, big, huge, ratio, text, fruit, arch, even, part,
                       parts, holes, labels, lists, raw, unknown))
constexpr Options json_options(const Whole*) { return {.names = {{"id", "ID"}}}; }

struct Docker {
  std::string working_dir;
  std::vector<std::string> on_build;
};
BOOST_DESCRIBE_STRUCT(Docker, (), (working_dir, on_build))
constexpr Options json_options(const Docker*) { return {.style = Style::pascal}; }

struct Snake {
  std::vector<int> diff_ids;
  bool is_on = false;
};
BOOST_DESCRIBE_STRUCT(Snake, (), (diff_ids, is_on))
constexpr Options json_options(const Snake*) { return {.style = Style::snake, .required = {"diff_ids"}}; }

template <class T = Whole>
std::string error_of(std::string_view text) {
  auto value = decode<T>(text, "doc");
  return value ? "no error" : value.error().message();
}

TEST(Json, AMemberOfABaseIsAMember) {
  const auto plot = decode<Plot>(R"({"partName":"a","soil":"clay"})", "plot");
  ASSERT_TRUE(plot) << plot.error().message();
  EXPECT_EQ(plot->part_name, "a");
  EXPECT_EQ(encode(*plot), R"({"partName":"a","soil":"clay"})");
  EXPECT_THAT(decode<Plot>(R"({"soil":"clay"})", "plot").error().message(), HasSubstr("'partName' is missing"));
  EXPECT_FALSE(decode<Plot>(R"({"soil":"clay","partName":"a","partName":"b"})", "plot"));
}

TEST(Json, ReadsEveryKindOfMember) {
  auto read = decode<Whole>(R"({
    "flag": true, "tiny": -128, "byte": 255, "small": -32768, "port": 65535, "number": -2147483648, "ID": 4294967295,
    "big": -9223372036854775808, "huge": 18446744073709551615, "ratio": 0.1, "text": "a\n\u00e4\ud83d\ude00",
    "fruit": "blood_orange", "arch": "ARCH_AARCH64", "even": "1234", "part": {"partName": "x", "weight": 3},
    "parts": [{"partName": "y"}, {"partName": "z"}], "holes": [1, null, 3],
    "labels": {"a/b": "c", "": "d"}, "lists": {"one": [1], "two": [1, 2]}, "raw": {"k": [1, "two", null]}
  })",
                            "doc");
  ASSERT_TRUE(read) << read.error().message();
  Whole wanted{true,
               -128,
               255,
               -32768,
               65535,
               -2147483647 - 1,
               4294967295,
               INT64_MIN,
               UINT64_MAX,
               0.1,
               "a\nä😀",
               Fruit::blood_orange,
               Arch::aarch64,
               Even{"1234"},
               Part{"x", 3},
               {{"y", {}}, {"z", {}}},
               {1, {}, 3},
               {{"a/b", "c"}, {"", "d"}},
               {{"one", {1}}, {"two", {1, 2}}},
               {R"({"k":[1,"two",null]})"},
               {}};
  EXPECT_EQ(*read, wanted);
}

TEST(Json, WritesWhatItReads) {
  Whole whole;
  whole.huge = UINT64_MAX;
  whole.big = INT64_MIN;
  whole.ratio = 0.1;
  whole.text = "\"\\\x01/\t";
  whole.arch = Arch::aarch64;
  whole.part = Part{"", {}};
  whole.holes = {{}, 2};
  whole.lists = {{"empty", {}}};
  whole.raw = {R"([1,{"a":[]}])"};
  whole.unknown.members["new"] = {"-1.5e10"};
  auto again = decode<Whole>(encode(whole), "doc");
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(*again, whole);
  again = decode<Whole>(encode_pretty(whole), "doc");
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(*again, whole);
}

TEST(Json, LeavesOutWhatSaysNothing) {
  EXPECT_EQ(encode(Docker{}), "{}");
  EXPECT_EQ(encode(Snake{}), R"({"diff_ids":[]})");
  EXPECT_EQ(encode(Part{}), R"({"partName":""})");
  Whole whole;
  whole.part.emplace();
  EXPECT_THAT(encode(whole), HasSubstr(R"("part":{"partName":""})"));
  EXPECT_THAT(encode(whole), Not(HasSubstr("parts")));
  EXPECT_THAT(encode(whole), HasSubstr(R"("tiny":0)"));
}

TEST(Json, IndentsByTwo) {
  EXPECT_EQ(encode_pretty(Snake{{1, 2}, true}), "{\n  \"diff_ids\": [\n    1,\n    2\n  ],\n  \"is_on\": true\n}\n");
  EXPECT_EQ(encode_pretty(Docker{}), "{}\n");
  EXPECT_EQ(encode_pretty(std::vector<Docker>(2)), "[\n  {},\n  {}\n]\n");
}

TEST(Json, SpellsNamesInTheStyleOfTheStruct) {
  EXPECT_EQ(encode(Docker{"/", {"RUN x"}}), R"({"WorkingDir":"/","OnBuild":["RUN x"]})");
  EXPECT_EQ(encode(std::vector<Fruit>{Fruit::blood_orange, Fruit::default_}), R"(["blood_orange","default"])");
  EXPECT_EQ(encode(std::vector<Arch>{Arch::x86, Arch::aarch64}), R"(["x86-32","ARCH_AARCH64"])");
  EXPECT_EQ(error_of<Docker>(R"({"workingDir":1})"), "no error");  // names are exact, so this one is unknown
}

TEST(Json, ReadsNullAsAbsent) {
  auto read = decode<Whole>(
      R"({"text":null,"part":null,"parts":null,"labels":null,"raw":null,"flag":null,"lists":{"a":null}})", "doc");
  ASSERT_TRUE(read) << read.error().message();
  Whole wanted;
  wanted.lists["a"];
  EXPECT_EQ(*read, wanted);
  EXPECT_EQ(error_of<Part>(R"({"partName":null})"), "doc: the member 'partName' is missing");
  EXPECT_EQ(error_of(R"({"labels":{"a":null}})"), "doc: /labels/a: expected a string, found null");
  EXPECT_EQ(error_of("null"), "doc: expected an object, found null");
}

TEST(Json, KeepsUnknownMembersWhereTheStructHasAPlaceForThem) {
  auto read = decode<Whole>(R"({"x":{"y":[1,2.50,"\"",true,{}]},"z":null})", "doc");
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->unknown.members.at("x").text, R"({"y":[1,2.50,"\"",true,{}]})");
  EXPECT_EQ(read->unknown.members.at("z").text, "null");
  EXPECT_THAT(encode(*read), HasSubstr(R"("x":{"y":[1,2.50,"\"",true,{}]},"z":null})"));
  EXPECT_EQ(error_of(R"({"x":1,"x":2})"), "doc: the member 'x' is there twice");
}

TEST(Json, IgnoresOtherUnknownMembers) {
  auto read = decode<Part>(R"({"a":[[{"partName":1}]],"partName":"p","b":"c"})", "doc");
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->part_name, "p");
}

TEST(Json, NamesThePathOfABadMember) {
  EXPECT_EQ(error_of(R"({"parts":[{"partName":"a"},{"partName":3}]})"),
            "doc: /parts/1/partName: expected a string, found a number");
  EXPECT_EQ(error_of(R"({"parts":[{"partName":"a"},{}]})"), "doc: /parts/1: the member 'partName' is missing");
  EXPECT_EQ(error_of(R"({"part":[]})"), "doc: /part: expected an object, found a list");
  EXPECT_EQ(error_of(R"({"parts":{}})"), "doc: /parts: expected a list, found an object");
  EXPECT_EQ(error_of(R"({"lists":{"a/~b":[1,"x"]}})"), "doc: /lists/a~1~0b/1: expected a whole number, found a string");
  EXPECT_EQ(error_of(R"({"ID":true})"), "doc: /ID: expected a whole number, found true");
  EXPECT_EQ(error_of(R"({"flag":"yes"})"), "doc: /flag: expected true or false, found a string");
  EXPECT_EQ(error_of("[]"), "doc: expected an object, found a list");
}

TEST(Json, RefusesAnUnknownNameOfAnEnum) {
  EXPECT_EQ(error_of(R"({"fruit":"pear"})"), "doc: /fruit: 'pear' is not one of apple, blood_orange, default");
  EXPECT_EQ(error_of(R"({"arch":"X86"})"), "doc: /arch: 'X86' is not one of x86-32, ARCH_AARCH64");
}

TEST(Json, ReportsWhatATextTypeRefuses) {
  EXPECT_EQ(error_of(R"({"even":"123"})"), "doc: /even: '123' has an odd length");
}

TEST(Json, RefusesNumbersOutOfRange) {
  EXPECT_EQ(error_of(R"({"tiny":128})"), "doc: /tiny: 128 is not in the range -128 to 127");
  EXPECT_EQ(error_of(R"({"tiny":-129})"), "doc: /tiny: -129 is not in the range -128 to 127");
  EXPECT_EQ(error_of(R"({"byte":256})"), "doc: /byte: 256 is not in the range 0 to 255");
  EXPECT_EQ(error_of(R"({"byte":-1})"), "doc: /byte: -1 is not in the range 0 to 255");
  EXPECT_EQ(error_of(R"({"ID":4294967296})"), "doc: /ID: 4294967296 is not in the range 0 to 4294967295");
  EXPECT_EQ(error_of(R"({"big":9223372036854775808})"),
            "doc: /big: 9223372036854775808 is not in the range -9223372036854775808 to 9223372036854775807");
  EXPECT_EQ(error_of(R"({"huge":18446744073709551616})"),
            "doc: /huge: '18446744073709551616' is not a whole number, or too large");
  EXPECT_EQ(error_of(R"({"number":1.5})"), "doc: /number: '1.5' is not a whole number, or too large");
}

TEST(Json, ReadsRealNumbersExactly) {
  for (double number : {0.1, 1e-300, 123456789.123456789, -2.2250738585072014e-308, 1.7976931348623157e308}) {
    Whole whole;
    whole.ratio = number;
    EXPECT_EQ(decode<Whole>(encode(whole), "doc")->ratio, number);
  }
  EXPECT_EQ(decode<Whole>(R"({"ratio":-3})", "doc")->ratio, -3);
}

TEST(Json, RefusesTheSameMemberTwice) {
  EXPECT_EQ(error_of(R"({"text":"a","text":"b"})"), "doc: the member 'text' is there twice");
  EXPECT_EQ(error_of(R"({"part":{"weight":null,"weight":1}})"), "doc: /part: the member 'weight' is there twice");
  EXPECT_EQ(error_of(R"({"labels":{"a":"1","a":"2"}})"), "doc: /labels: the member 'a' is there twice");
}

TEST(Json, RefusesNul) {
  EXPECT_EQ(error_of(R"({"text":"a\u0000b"})"), "doc: /text: the string contains NUL");
  EXPECT_EQ(error_of(R"({"labels":{"a\u0000b":"c"}})"), "doc: /labels: the name of a member contains NUL");
}

TEST(Json, SaysWhereTheSyntaxIsWrong) {
  EXPECT_EQ(error_of("{\n  \"flag\": tru\n}"), "doc: line 2, column 11: this is not JSON");
  EXPECT_EQ(error_of("{\"flag\": true"), "doc: line 1, column 14: the document ends too early");
  EXPECT_EQ(error_of(""), "doc: line 1, column 1: the document ends too early");
  EXPECT_EQ(error_of("{} {}"), "doc: line 1, column 4: something follows the document");
  EXPECT_EQ(error_of("{}\n\n"), "no error");
  EXPECT_THAT(error_of("{\"text\":\"\xff\"}"), HasSubstr("line 1, column 10"));
  EXPECT_THAT(error_of(R"({"text":"\ud800\u0020"})"), HasSubstr("escape is not a character"));
}

TEST(Json, RefusesDeepNesting) {
  EXPECT_THAT(error_of(R"({"x":)" + std::string(70, '[') + std::string(70, ']') + "}"), HasSubstr("nested too deep"));
  EXPECT_EQ(error_of(R"({"x":)" + std::string(60, '[') + std::string(60, ']') + "}"), "no error");
}

TEST(Json, WritesBytesThatAreNotUtf8AsReplacementCharacters) {
  Part part;
  for (const char* bad : {"\xff", "\x80", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82"}) {
    part.part_name = std::string("a") + bad;
    auto again = decode<Part>(encode(part), "doc");
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_THAT(again->part_name, HasSubstr("\xef\xbf\xbd"));
  }
  for (const char* good : {"ä", "€", "😀", "\u007f", "\uffff"}) {
    part.part_name = good;
    EXPECT_EQ(decode<Part>(encode(part), "doc")->part_name, good);
  }
}

}  // namespace
}  // namespace gantry::json
