#pragma once

#include "accounts/caller.hpp"
#include "serve/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::registry {

/// Of the scopes that a client asks for (distribution's docs/spec/auth/scope.md), "repository:a/b:pull,push", what the
/// caller may do; several may stand in one text. What is not understood or not allowed is left out.
std::vector<accounts::Grant> granted(const accounts::Caller& caller, const std::vector<std::string>& scopes);

/// Claims of a new token for the caller.
accounts::Claims claims_for(const accounts::Caller& caller, std::string_view issuer, std::string_view audience,
                            const std::vector<std::string>& scopes);

/// The answer of a token server (distribution's docs/spec/auth/token.md).
serve::Response token_reply(const std::string& token, const accounts::Claims& claims);

}  // namespace gantry::registry
