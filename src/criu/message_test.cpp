#include "criu/message.hpp"

#include <gtest/gtest.h>

namespace gantry::criu {
namespace {

using namespace std::literals;

TEST(Message, IsEncodedAsTheSpecificationShows) {
  // The examples of protobuf.dev/programming-guides/encoding.
  EXPECT_EQ(Message().number(1, 150).bytes(), "\x08\x96\x01"sv);
  EXPECT_EQ(Message().text(2, "testing").bytes(), "\x12\x07testing"sv);
  EXPECT_EQ(Message().message(3, Message().number(1, 150)).bytes(), "\x1a\x03\x08\x96\x01"sv);
  EXPECT_EQ(Message().number(1, -2).bytes(), "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv);
  EXPECT_EQ(Message().number(16, 1).bytes(), "\x80\x01\x01"sv) << "a field whose tag takes two bytes";
}

TEST(Reader, ReadsWhatMessageWrites) {
  Message message;
  message.number(1, -1).text(37, "mnt[/a]:b").number(68, 1ll << 40).text(9, "");
  Reader reader(message.bytes());
  auto field = reader.next().take();
  EXPECT_EQ(field->number, 1u);
  EXPECT_EQ(field->value, -1);
  field = reader.next().take();
  EXPECT_EQ(field->number, 37u);
  EXPECT_EQ(field->text, "mnt[/a]:b");
  field = reader.next().take();
  EXPECT_EQ(field->value, 1ll << 40);
  field = reader.next().take();
  EXPECT_EQ(field->text, "");
  EXPECT_FALSE(reader.next().take());
}

TEST(Reader, PassesOverFieldsOfFixedSize) {
  Reader reader(
      "\x09"
      "12345678"
      "\x15"
      "1234"
      "\x08\x05"sv);
  EXPECT_EQ(reader.next().take()->number, 1u);
  EXPECT_EQ(reader.next().take()->number, 2u);
  EXPECT_EQ(reader.next().take()->value, 5);
}

TEST(Reader, RefusesWhatIsCutOffOrNoMessage) {
  for (auto bytes : {"\x08"sv, "\x08\x96"sv, "\x12\x07testin"sv,
                     "\x09"
                     "1234"sv,
                     "\x0b"sv, "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv,
                     "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv}) {
    auto read = Reader(bytes).next();
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), Code::corrupt);
  }
}

}  // namespace
}  // namespace gantry::criu
