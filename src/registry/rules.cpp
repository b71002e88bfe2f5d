#include "registry/rules.hpp"

#include "registry/reply.hpp"

namespace gantry::registry {

std::optional<serve::Response> broken_rule(const Error& error) {
  // Clients give up at once at 403; they would try again what is refused with 409 or 5xx. Nothing else is unsupported
  // in a transaction: the texts of other errors have paths in them.
  if (error.code() == Code::unsupported && error.os_error() == 0) return problem(403, "DENIED", error.text());
  return std::nullopt;
}

}  // namespace gantry::registry
