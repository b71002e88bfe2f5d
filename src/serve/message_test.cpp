#include "serve/message.hpp"

#include <gmock/gmock.h>

namespace gantry::serve {
namespace {

TEST(Message, PercentIsDecodedOnceAndBrokenOnesAreRefused) {
  EXPECT_EQ(decode_percent("/v2/a%3Ab%2F"), "/v2/a:b/");
  EXPECT_EQ(decode_percent("%2541"), "%41");
  for (const char* bad : {"%", "%4", "%4g", "%zz", "a%00b"}) EXPECT_FALSE(decode_percent(bad)) << bad;
}

TEST(Message, WhatIsEncodedIsDecodedAgain) {
  EXPECT_EQ(encode_percent("a/b c+~"), "a%2Fb%20c%2B~");
  EXPECT_EQ(decode_percent(encode_percent("\xff&=?")), "\xff&=?");
}

TEST(Message, AQueryHasValuesByName) {
  EXPECT_EQ(query_value("n=5&last=a%2Fb", "last"), "a/b");
  EXPECT_EQ(query_value("n=5&last=a", "n"), "5");
  EXPECT_EQ(query_value("type=a+json", "type"), "a+json");
  EXPECT_EQ(query_value("n", "n"), "");
  EXPECT_FALSE(query_value("nn=5", "n"));
  EXPECT_FALSE(query_value("n=%", "n"));
  EXPECT_FALSE(query_value("", "n"));
}

TEST(Message, FieldsAreFoundWhateverTheirCase) {
  Request request{.fields = {{"Content-RANGE", "0-5"}}};
  EXPECT_EQ(request.field("content-range"), "0-5");
  EXPECT_FALSE(request.field("range"));
}

TEST(Message, AValueCannotEndItsField) {
  Response response;
  response.add("X", "a\r\nSet-Cookie: b");
  EXPECT_EQ(response.fields, "X: a  Set-Cookie: b\r\n");
}

}  // namespace
}  // namespace gantry::serve
