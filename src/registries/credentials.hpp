#pragma once

#include <string>

namespace gantry::registries {

/// What a registry is shown: a user with a password, or a token in its place.
struct Credentials {
  std::string user;
  std::string password;
  std::string identity_token;  ///< exchanged for access tokens (OAuth 2 refresh token)
  std::string registry_token;  ///< sent to the registry as it is (bearer token)

  bool empty() const { return user.empty() && password.empty() && identity_token.empty() && registry_token.empty(); }
  bool operator==(const Credentials&) const = default;
};

}  // namespace gantry::registries
