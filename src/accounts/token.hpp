#pragma once

#include "base/clock.hpp"
#include "base/json_options.hpp"
#include "base/result.hpp"

#include <boost/describe/class.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace gantry::accounts {

/// What a token allows on one object (distribution's docs/spec/auth/jwt.md, "access").
struct Grant {
  std::string type;  ///< "repository", "registry"
  std::string name;
  std::vector<std::string> actions;  ///< "pull", "push", "delete", "*"
};
BOOST_DESCRIBE_STRUCT(Grant, (), (type, name, actions))

/// The claims of a JSON Web Token (RFC 7519, section 4.1) for a registry. Times are seconds since 1970.
struct Claims {
  std::string iss;
  std::string sub;  ///< empty: nobody in particular
  json::Raw aud;    ///< a string or several
  std::int64_t exp = 0;
  std::int64_t nbf = 0;
  std::int64_t iat = 0;
  std::string jti;
  std::vector<Grant> access;
};
BOOST_DESCRIBE_STRUCT(Claims, (), (iss, sub, aud, exp, nbf, iat, jti, access))
constexpr json::Options json_options(const Claims*) { return {.required = {"exp"}}; }

/// A public key: RS256 with 2048 bits and more, or ES256.
struct TokenKey {
  std::string id;  ///< "kid"; empty: it has none
  std::string algorithm;
  std::shared_ptr<evp_pkey_st> key;
};

/// The keys of a JSON Web Key Set (RFC 7517) that can be used here; the others are passed over. Code::invalid: there is
/// none, or a key is damaged. `name` is the document's name in errors.
Result<std::vector<TokenKey>> parse_key_set(std::string_view text, std::string_view name);

/// What a token has to say to count.
struct Expected {
  std::string issuer;
  std::string audience;
};
/// The claims of a token (RFC 7515, compact) with a valid signature by one of the keys, meant for here and now.
/// Code::denied says why not. The algorithm is the key's: what the token says of it must agree.
Result<Claims> verify_token(std::string_view token, const std::vector<TokenKey>& keys, const Expected& expected,
                            Timestamp time);

/// Signs tokens by ES256.
class Signer {
 public:
  /// With the key in a PEM file (mode 0600), which is made when it is not there.
  static Result<Signer> open(const std::string& path);

  Result<std::string> sign(const Claims& claims) const;
  const TokenKey& key() const { return key_; }

 private:
  explicit Signer(TokenKey key) : key_(std::move(key)) {}
  TokenKey key_;
};

/// "aud" for one.
json::Raw audience_of(std::string_view name);

}  // namespace gantry::accounts
