#pragma once

#include "accounts/accounts.hpp"
#include "accounts/caller.hpp"
#include "registry/passwords.hpp"
#include "registry/rights.hpp"
#include "serve/message.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace gantry::registry {

/// Knows who sends a request. What that one may do is said by Caller and Need.
class Gate {
 public:
  virtual ~Gate() = default;

  struct Glance {
    bool sure = false;                       ///< false: identify() says, and takes time for it
    std::optional<accounts::Caller> caller;  ///< nothing: what was shown is wrong
  };
  /// What can be said without taking time.
  virtual Glance glance(const serve::Request& request) = 0;
  /// Nothing: what was shown is wrong.
  virtual std::optional<accounts::Caller> identify(const serve::Request& request) = 0;
  /// The answer to who has shown nothing, or a wrong password, or a token that does not reach: how to do better.
  virtual serve::Response challenge(const serve::Request& request, const Need& need) const = 0;
  /// The answer of a token server; nothing: this is none.
  virtual std::optional<serve::Response> issue_token(const serve::Request&) { return std::nullopt; }
  /// Takes notice of what has changed; called once a second.
  virtual Result<> refresh() { return {}; }
  /// What was done to the accounts since the last call.
  virtual std::vector<accounts::Change> news() { return {}; }
};

/// Everybody may do everything.
std::unique_ptr<Gate> make_open_gate();
/// Every user may do everything; with `anonymous_pull` who gives no password may read.
std::unique_ptr<Gate> make_password_gate(std::unique_ptr<Passwords> passwords, bool anonymous_pull);

/// The field Authorization. An empty name with an empty password, which podman and skopeo send when they have none,
/// says nothing.
std::optional<std::string_view> credentials_of(const serve::Request& request);

}  // namespace gantry::registry
