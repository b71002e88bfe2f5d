#include "accounts/token.hpp"

#include "accounts/base64url.hpp"
#include "accounts/openssl.hpp"
#include "base/json.hpp"
#include "base/json_name.hpp"
#include "base/text.hpp"

#include <openssl/ecdsa.h>

#include <algorithm>

namespace gantry::accounts {

namespace {

constexpr std::size_t kLongestToken = 16u << 10;
constexpr std::int64_t kLeeway = 30;  ///< seconds that two clocks may differ
constexpr std::size_t kHalf = 32;     ///< bytes of each number of an ES256 signature

struct JoseHeader {
  std::string typ, alg, kid;
  json::Raw crit;
};
BOOST_DESCRIBE_STRUCT(JoseHeader, (), (typ, alg, kid, crit))

Error refused(std::string_view why) { return fail(Code::denied, "the token does not count: {}", why); }

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// Of a signature as RFC 7518, section 3.4, has it, the form that OpenSSL takes; empty: it is none.
std::string to_der(std::string_view signature) {
  if (signature.size() != 2 * kHalf) return {};
  const std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
  ECDSA_SIG_set0(pair.get(), BN_bin2bn(bytes_of(signature), kHalf, nullptr),
                 BN_bin2bn(bytes_of(signature.substr(kHalf)), kHalf, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  std::string text(reinterpret_cast<char*>(der), size < 0 ? 0 : static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

std::string from_der(std::string_view der) {
  const auto* start = bytes_of(der);
  const std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>> pair(
      d2i_ECDSA_SIG(nullptr, &start, static_cast<long>(der.size())));
  std::string text(2 * kHalf, '\0');
  auto* out = reinterpret_cast<unsigned char*>(text.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, kHalf);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + kHalf, kHalf);
  return text;
}

using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;

bool is_signed(std::string_view text, std::string_view signature, const TokenKey& key) {
  const std::string given = key.algorithm == "ES256" ? to_der(signature) : std::string(signature);
  const DigestContext context(EVP_MD_CTX_new());
  const bool right = EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.key.get()) == 1 &&
                     EVP_DigestVerify(context.get(), bytes_of(given), given.size(), bytes_of(text), text.size()) == 1;
  ERR_clear_error();
  return right;
}

bool names_audience(const json::Raw& audience, std::string_view name) {
  if (const auto one = json::decode<std::string>(audience.text, "aud")) return *one == name;
  const auto several = json::decode<std::vector<std::string>>(audience.text, "aud");
  return several && std::ranges::find(*several, name) != several->end();
}

Result<> check_claims(const Claims& claims, const Expected& expected, Timestamp time) {
  const std::int64_t seconds = time / kSecond;
  if (claims.exp <= seconds - kLeeway) return refused("it has expired");
  if (claims.nbf > seconds + kLeeway) return refused("its time has not come");
  if (claims.iss != expected.issuer) return refused("somebody else has issued it");
  if (!names_audience(claims.aud, expected.audience)) return refused("it is for somebody else");
  return {};
}

}  // namespace

Result<Claims> verify_token(std::string_view token, const std::vector<TokenKey>& keys, const Expected& expected,
                            Timestamp time) {
  if (token.size() > kLongestToken) return refused("it is too long");
  const auto [text, signature, whole] = cut_last(token, '.');
  const auto [header_text, claims_text, both] = cut(text, '.');
  if (!whole || !both || claims_text.find('.') != std::string_view::npos) return refused("it has not three parts");
  const auto header_bytes = base64url_decode(header_text), claims_bytes = base64url_decode(claims_text),
             signature_bytes = base64url_decode(signature);
  if (!header_bytes || !claims_bytes || !signature_bytes) return refused("it is not written in base64url");
  const auto header = json::decode<JoseHeader>(*header_bytes, "token");
  if (!header || !header->crit.text.empty()) return refused("its header is not understood");

  const bool is_right = std::ranges::any_of(keys, [&](const TokenKey& key) {
    const bool fits = key.algorithm == header->alg && (header->kid.empty() || key.id.empty() || key.id == header->kid);
    return fits && is_signed(text, *signature_bytes, key);
  });
  if (!is_right) return refused("nobody who is known here has signed it");
  auto claims = json::decode<Claims>(*claims_bytes, "token");
  if (!claims) return refused("its claims are not understood");
  TRY(check_claims(*claims, expected, time));
  return std::move(*claims);
}

Result<std::string> Signer::sign(const Claims& claims) const {
  const JoseHeader header{.typ = "JWT", .alg = key_.algorithm, .kid = key_.id, .crit = {}};
  const std::string text = base64url_encode(json::encode(header)) + "." + base64url_encode(json::encode(claims));
  const DigestContext context(EVP_MD_CTX_new());
  std::size_t size = 0;
  std::string der;
  auto* key = key_.key.get();
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) == 1) {
    der.resize(size);
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size, bytes_of(text),
                       text.size()) != 1)
      size = 0;
  }
  if (size == 0) return fail(Code::failed, "sign a token: {}", openssl_reason());
  der.resize(size);
  return text + "." + base64url_encode(from_der(der));
}

json::Raw audience_of(std::string_view name) {
  json::Raw raw;
  json::append_quoted(raw.text, name);
  return raw;
}

}  // namespace gantry::accounts
