#pragma once

#include "accounts/caller.hpp"
#include "registry/route.hpp"
#include "serve/message.hpp"

#include <optional>

namespace gantry::registry {

/// A request that may be answered: what its path names, and who sends it.
struct Call {
  const serve::Request& request;
  const Route& route;
  const accounts::Caller& caller;
};

/// The API of a registry, behind the gate: see Service. The same rules as for serve::Handler.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::optional<serve::Response> answer_at_once(const Call&) { return std::nullopt; }
  virtual serve::Response handle(const Call& call, Source& body) = 0;
};

}  // namespace gantry::registry
