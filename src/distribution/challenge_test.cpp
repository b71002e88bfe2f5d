#include "distribution/challenge.hpp"

#include <gtest/gtest.h>

namespace gantry::distribution {
namespace {

TEST(Challenge, ReadsWhatRegistriesSend) {
  auto challenges = parse_challenges(
      R"(Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push")");
  ASSERT_EQ(challenges.size(), 1u);
  EXPECT_EQ(challenges[0].scheme, "bearer");
  EXPECT_EQ(challenges[0].parameters.at("realm"), "https://auth.example/token");
  EXPECT_EQ(challenges[0].parameters.at("service"), "registry.example");
  EXPECT_EQ(challenges[0].parameters.at("scope"), "repository:a/b:pull,push");
}

TEST(Challenge, TellsSeveralInOneHeaderApart) {
  auto challenges = parse_challenges(R"(Basic realm="a \"quoted\" one", Bearer Realm = x , service=y,Negotiate)");
  ASSERT_EQ(challenges.size(), 3u);
  EXPECT_EQ(challenges[0].parameters.at("realm"), "a \"quoted\" one");
  EXPECT_EQ(challenges[1].parameters.at("realm"), "x");
  EXPECT_EQ(challenges[1].parameters.at("service"), "y");
  EXPECT_EQ(challenges[2].scheme, "negotiate");
}

TEST(Challenge, EndsWithWhateverAServerSends) {
  for (const char* text : {"", ",,,", "=", "\"", "\"\\", "a=\"", "Bearer realm=\"x", "=\"\"=\"\"", "\"a\" \"b\""})
    for (const auto& challenge : parse_challenges(text)) EXPECT_FALSE(challenge.scheme.empty()) << text;
}

}  // namespace
}  // namespace gantry::distribution
