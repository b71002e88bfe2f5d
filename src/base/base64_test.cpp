#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace gantry {
namespace {

TEST(Base64, WritesTheVectorsOfTheRfc) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foo"), "Zm9v");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
}

TEST(Base64, ReadsWhatItWrites) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) {
    every += static_cast<char>(byte);
    EXPECT_EQ(*base64_decode(base64_encode(every)), every);
  }
}

TEST(Base64, ReadsTextWithoutPadding) {
  EXPECT_EQ(*base64_decode("Zg"), "f");
  EXPECT_EQ(*base64_decode("Zm8"), "fo");
}

TEST(Base64, RefusesWhatIsNotBase64WithoutRepeatingIt) {
  for (const char* text : {"Z", "Zm9vY", "Zm9v Zg==", "c3Vwcg-_", "Zg===", "Zg=a", "\n"}) {
    const auto decoded = base64_decode(text);
    ASSERT_FALSE(decoded) << text;
    EXPECT_EQ(decoded.error().code(), Code::invalid);
    EXPECT_EQ(decoded.error().message().find(text), std::string::npos);
  }
}

}  // namespace
}  // namespace gantry
