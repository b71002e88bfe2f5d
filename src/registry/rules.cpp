#include "registry/rules.hpp"

#include "registry/reply.hpp"

namespace gantry::registry {

std::optional<serve::Response> broken_rule(const Error& error) {
  // Clients give up at once at 403; they would try again what is refused with 409 or 5xx.
  if (error.code() == Code::exists || error.code() == Code::denied) return problem(403, "DENIED", error.text());
  return std::nullopt;
}

}  // namespace gantry::registry
