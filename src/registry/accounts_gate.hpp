#pragma once

#include "accounts/accounts.hpp"
#include "registry/gate.hpp"

#include <memory>
#include <string>

namespace gantry::registry {

struct AccountsGateSettings {
  std::string folder;      ///< with `accounts.db` and `token.key`, which are made where they are missing
  std::string public_url;  ///< "https://registry.example", as clients know it; empty: as each of them says
  bool tls = false;        ///< what is between clients and this server, when `public_url` is empty

  // Tokens of another issuer, in place of our own.
  std::string key_set;  ///< a file with its keys (JWKS); empty: nobody else's count
  std::string issuer;   ///< its "iss"
  std::string realm;    ///< the URL where clients get them; empty: they have some already
};

/// The "aud" of tokens, and what clients ask a token server about.
inline constexpr std::string_view kService = "gantry-registry";

/// Users, robots and projects of an accounts.db: by password, or by tokens as the distribution token protocol has them.
/// What a token of our own allows is also bounded by what its owner may do at that moment.
Result<std::unique_ptr<Gate>> make_accounts_gate(AccountsGateSettings settings);

/// The same as soon as there is an accounts.db, which the first user makes; until then everybody may do everything.
Result<std::unique_ptr<Gate>> make_growing_gate(AccountsGateSettings settings);

}  // namespace gantry::registry
