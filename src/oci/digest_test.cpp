#include "oci/digest.hpp"

#include <gmock/gmock.h>

namespace gantry::oci {
namespace {

using testing::HasSubstr;

const std::string kHex(64, 'a');

TEST(Digest, ReadsAndWritesBothAlgorithms) {
  for (const std::string& text : {"sha256:" + kHex, "sha512:" + kHex + kHex}) {
    auto digest = Digest::parse(text);
    ASSERT_TRUE(digest) << digest.error().message();
    EXPECT_EQ(digest->text(), text);
    EXPECT_EQ(digest->hex().size(), hex_length(digest->algorithm()));
  }
}

TEST(Digest, RefusesAnUnknownAlgorithm) {
  auto digest = Digest::parse("md5:" + kHex);
  ASSERT_FALSE(digest);
  EXPECT_EQ(digest.error().code(), Code::unsupported);
  EXPECT_THAT(digest.error().message(), HasSubstr("md5"));
}

TEST(Digest, RefusesEverythingThatIsNotTheRightHex) {
  for (const std::string& text :
       {std::string(""), std::string("sha256"), std::string("sha256:"), kHex, "sha256:" + kHex + "a",
        "sha256:" + kHex.substr(1), "sha512:" + kHex, "sha256:A" + kHex.substr(1), "sha256:../" + kHex.substr(3),
        "SHA256:" + kHex, "sha256:" + kHex.substr(1) + '\n', " sha256:" + kHex}) {
    auto digest = Digest::parse(text);
    ASSERT_FALSE(digest) << text;
    EXPECT_THAT(digest.error().code(), testing::AnyOf(Code::invalid, Code::unsupported)) << text;
  }
}

TEST(Digest, IsMadeOfTheBytesOfAHash) {
  const std::string bytes = std::string("\x00\xff\x1a", 3) + std::string(29, '\x01');
  const Digest digest = Digest::of_bytes(Algorithm::sha256, bytes);
  EXPECT_TRUE(digest.hex().starts_with("00ff1a01"));
  EXPECT_EQ(*Digest::parse(digest.text()), digest);
  EXPECT_EQ(digest.short_id(), "00ff1a010101");
}

TEST(Digest, IsEmptyWhenDefaultMade) {
  EXPECT_TRUE(Digest().empty());
  EXPECT_EQ(Digest().text(), "");
  EXPECT_LT(Digest(), *Digest::from_hex(Algorithm::sha256, kHex));
}

}  // namespace
}  // namespace gantry::oci
