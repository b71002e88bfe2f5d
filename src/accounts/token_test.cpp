#include "accounts/token.hpp"

#include "accounts/base64url.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>

namespace gantry::accounts {
namespace {

constexpr Timestamp kTime = 1'700'000'000 * kSecond;

/// RFC 7515, appendix A.3: an ES256 key, and a token signed with it.
constexpr const char* kRfcKeys =
    R"({"keys":[{"kty":"oct","k":"AAAA"},{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";
constexpr const char* kRfcToken =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

class Token : public testing::Test {
 protected:
  Token() {
    char name[] = "/tmp/token-test.XXXXXX";
    folder_ = mkdtemp(name);
    auto opened = Signer::open(folder_ + "/token.key");
    if (!opened) std::abort();
    signer_ = std::make_unique<Signer>(std::move(*opened));
  }
  ~Token() override { best_effort(remove_tree(folder_)); }

  static Claims claims() {
    const std::int64_t seconds = kTime / kSecond;
    return {.iss = "us",
            .sub = "alice",
            .aud = audience_of("here"),
            .exp = seconds + 300,
            .nbf = seconds,
            .iat = seconds,
            .jti = "1",
            .access = {{"repository", "team/web", {"pull", "push"}}}};
  }
  Result<Claims> verify(std::string_view token, Timestamp time = kTime, const Expected& expected = {"us", "here"}) {
    return verify_token(token, {signer_->key()}, expected, time);
  }
  std::string why(const Result<Claims>& result) { return result ? "" : result.error().message(); }

  std::string folder_;
  std::unique_ptr<Signer> signer_;
};

TEST_F(Token, WhatWasSignedIsReadAgain) {
  const auto token = signer_->sign(claims());
  ASSERT_TRUE(token);
  const auto read = verify(*token);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->sub, "alice");
  ASSERT_EQ(read->access.size(), 1u);
  EXPECT_EQ(read->access[0].name, "team/web");
  EXPECT_THAT(read->access[0].actions, testing::ElementsAre("pull", "push"));
}

TEST_F(Token, CountsForItsTimeItsPlaceAndItsIssuer) {
  const auto token = *signer_->sign(claims());
  EXPECT_TRUE(verify(token, kTime + 320 * kSecond)) << "clocks may differ a little";
  EXPECT_THAT(why(verify(token, kTime + 400 * kSecond)), testing::HasSubstr("expired"));
  EXPECT_THAT(why(verify(token, kTime - 60 * kSecond)), testing::HasSubstr("not come"));
  EXPECT_THAT(why(verify(token, kTime, {"them", "here"})), testing::HasSubstr("issued"));
  EXPECT_THAT(why(verify(token, kTime, {"us", "there"})), testing::HasSubstr("for somebody else"));
  auto several = claims();
  several.aud.text = R"(["there","here"])";
  EXPECT_TRUE(verify(*signer_->sign(several)));
}

TEST_F(Token, ForgeriesAreRefused) {
  const auto token = *signer_->sign(claims());
  const auto signature = token.rfind('.'), header = token.find('.');
  for (std::size_t i = 0; i < token.size(); i += 7) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify(changed)) << i;
  }
  auto with_header = [&](std::string_view text) { return base64url_encode(text) + token.substr(header); };
  EXPECT_FALSE(verify(with_header(R"({"alg":"none"})")));
  EXPECT_FALSE(verify(base64url_encode(R"({"alg":"none"})") + token.substr(header, signature - header) + "."));
  EXPECT_FALSE(verify(with_header(R"({"alg":"HS256"})")));
  EXPECT_FALSE(verify(with_header(R"({"alg":"ES256","crit":["b64"],"b64":false})")));
  EXPECT_FALSE(verify(token + "="));
  EXPECT_FALSE(verify(token + ".x"));
  EXPECT_FALSE(verify(""));
  EXPECT_FALSE(verify(".."));
  const auto other = Signer::open(folder_ + "/other.key");
  EXPECT_FALSE(verify(*other->sign(claims())));
}

TEST_F(Token, TheKeyIsKeptAndIsNobodyElses) {
  const auto again = Signer::open(folder_ + "/token.key");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->key().id, signer_->key().id);
  EXPECT_TRUE(verify(*again->sign(claims())));
  struct stat info;
  ASSERT_EQ(stat((folder_ + "/token.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_TRUE(replace_file(folder_ + "/bad.key", "nonsense"));
  EXPECT_FALSE(Signer::open(folder_ + "/bad.key"));
}

TEST(KeySet, OthersTokensAreTakenByTheirKeys) {
  const auto keys = parse_key_set(kRfcKeys, "keys");
  ASSERT_TRUE(keys) << keys.error().message();
  ASSERT_EQ(keys->size(), 1u) << "what cannot be used is passed over";
  const auto read = verify_token(kRfcToken, *keys, {"joe", "here"}, 1'300'819'000 * kSecond);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message(), testing::HasSubstr("for somebody else")) << "so its signature is right";
}

TEST(KeySet, BadKeysAreRefused) {
  for (const char* text :
       {"", "{}", R"({"keys":[]})", R"({"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]})",
        R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})", R"({"keys":[{"kty":"RSA","n":"","e":""}]})"})
    EXPECT_FALSE(parse_key_set(text, "keys")) << text;
}

}  // namespace
}  // namespace gantry::accounts
