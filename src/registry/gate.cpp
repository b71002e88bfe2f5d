#include "registry/gate.hpp"

#include "registry/reply.hpp"

namespace gantry::registry {

namespace {

bool reads(const serve::Request& request) {
  return request.method == serve::Method::get || request.method == serve::Method::head;
}

/// What the request says of its user. An empty name with an empty password, which podman and skopeo send when they have
/// none, says nothing.
std::optional<std::string_view> credentials_of(const serve::Request& request) {
  const auto given = request.field("authorization");
  return given == "Basic Og==" ? std::nullopt : given;
}

}  // namespace

bool Gate::open_to_all(const serve::Request& request) const {
  if (!settings_.passwords) return true;
  // /v2/ is where clients ask whether a password is wanted: who could push with one has to hear so.
  return settings_.anonymous_pull && reads(request) && request.path != "/v2/" && request.path != "/v2";
}

Gate::Verdict Gate::glance(const serve::Request& request) const {
  const auto given = credentials_of(request);
  if (!given) return open_to_all(request) ? Verdict::pass : Verdict::refused;
  if (!settings_.passwords || settings_.passwords->known(*given)) return Verdict::pass;
  return Verdict::unsure;
}

std::optional<serve::Response> Gate::check(const serve::Request& request) const {
  const auto verdict = glance(request);
  if (verdict == Verdict::pass) return std::nullopt;
  // A wrong password is refused also where none is needed: its owner should hear of it.
  if (verdict == Verdict::unsure && settings_.passwords->verify(*request.field("authorization"))) return std::nullopt;
  return refusal();
}

serve::Response Gate::refusal() const {
  auto response = problem(401, "UNAUTHORIZED", "a user and a password are needed");
  response.add("WWW-Authenticate", "Basic realm=\"gantry registry\", charset=\"UTF-8\"");
  return response;
}

Result<> Gate::refresh() { return settings_.passwords ? settings_.passwords->refresh() : Result<>(); }

}  // namespace gantry::registry
