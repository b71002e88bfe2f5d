#pragma once

#include "base/clock.hpp"
#include "distribution/challenge.hpp"
#include "http/client.hpp"
#include "registries/credentials.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::distribution {

/// Shown to a registry for what its scope allows.
struct Token {
  std::string text;
  std::int64_t expires = 0;  ///< on the clock of monotonic()
};

/// Gets a token from the server that a registry's Bearer challenge names: with an identity token by OAuth 2, else with
/// the user's password or without (distribution's docs/spec/auth, token.md and oauth.md). The server must be reached
/// over TLS unless `insecure`. Code::denied when it refuses.
Result<Token> fetch_token(http::Client& client, const Challenge& challenge, const std::vector<std::string>& scopes,
                          const std::optional<registries::Credentials>& credentials, bool insecure);

/// The value of an Authorization header.
std::string basic_authorization(const registries::Credentials& credentials);

}  // namespace gantry::distribution
