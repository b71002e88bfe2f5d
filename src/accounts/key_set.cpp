#include "accounts/base64url.hpp"
#include "accounts/openssl.hpp"
#include "accounts/token.hpp"
#include "base/json.hpp"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

namespace gantry::accounts {

namespace {

constexpr int kLeastRsaBits = 2048;
constexpr std::size_t kCoordinate = 32;  ///< bytes, of P-256

/// RFC 7518, section 6.
struct Jwk {
  std::string kty, kid, use, alg, crv, x, y, n, e;
};
BOOST_DESCRIBE_STRUCT(Jwk, (), (kty, kid, use, alg, crv, x, y, n, e))
constexpr json::Options json_options(const Jwk*) { return {.required = {"kty"}}; }

struct JwkSet {
  std::vector<Jwk> keys;
};
BOOST_DESCRIBE_STRUCT(JwkSet, (), (keys))
constexpr json::Options json_options(const JwkSet*) { return {.required = {"keys"}}; }

using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;

Result<std::shared_ptr<EVP_PKEY>> make_key(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return fail(Code::invalid, "this is no {} key: {}", type, openssl_reason());
  return std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free);
}

Result<std::shared_ptr<EVP_PKEY>> elliptic_key(const Jwk& jwk) {
  const auto x = TRY(base64url_decode(jwk.x)), y = TRY(base64url_decode(jwk.y));
  if (x.size() != kCoordinate || y.size() != kCoordinate)
    return fail(Code::invalid, "a coordinate on P-256 has {} bytes", kCoordinate);
  const std::string point = "\x04" + x + y;  // uncompressed (SEC 1, section 2.3.3)
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return make_key("EC", builder.get());
}

Number number_of(std::string_view bytes) {
  return Number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

Result<std::shared_ptr<EVP_PKEY>> rsa_key(const Jwk& jwk) {
  const auto n = number_of(TRY(base64url_decode(jwk.n))), e = number_of(TRY(base64url_decode(jwk.e)));
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  auto key = TRY(make_key("RSA", builder.get()));
  if (EVP_PKEY_get_bits(key.get()) < kLeastRsaBits)
    return fail(Code::invalid, "an RSA key has {} bits at least", kLeastRsaBits);
  return key;
}

}  // namespace

Result<std::vector<TokenKey>> parse_key_set(std::string_view text, std::string_view name) {
  const auto set = TRY(json::decode<JwkSet>(text, name));
  std::vector<TokenKey> keys;
  for (const auto& jwk : set.keys) {
    if (!jwk.use.empty() && jwk.use != "sig") continue;
    const bool elliptic = jwk.kty == "EC" && jwk.crv == "P-256", rsa = jwk.kty == "RSA";
    const std::string algorithm = elliptic ? "ES256" : "RS256";
    if ((!elliptic && !rsa) || (!jwk.alg.empty() && jwk.alg != algorithm)) continue;
    auto key = TRY(with_context(elliptic ? elliptic_key(jwk) : rsa_key(jwk), "{}: key '{}'", name, jwk.kid));
    keys.push_back({jwk.kid, algorithm, std::move(key)});
  }
  if (keys.empty()) return fail(Code::invalid, "{}: there is no key for RS256 or ES256", name);
  return keys;
}

}  // namespace gantry::accounts
