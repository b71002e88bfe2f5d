#include "registry/events.hpp"

namespace gantry::registry {

namespace {

/// The value of a field of a response.
std::string field_of(const serve::Response& response, std::string_view name) {
  const std::string start = std::string(name) + ": ";
  const auto at = response.fields.find(start);
  if (at == std::string::npos) return {};
  const auto from = at + start.size();
  return response.fields.substr(from, response.fields.find("\r\n", from) - from);
}

}  // namespace

std::optional<Event> event_of(const Call& call, const serve::Response& response) {
  if (call.route.kind != Route::Kind::manifest || response.status >= 300) return std::nullopt;
  const bool by_digest = call.route.reference.find(':') != std::string::npos;
  Event event{.repository = call.route.repository, .tag = {}, .digest = {}, .actor = call.caller.name};
  if (!by_digest) event.tag = call.route.reference;
  if (call.request.method == serve::Method::put) {
    event.digest = field_of(response, "Docker-Content-Digest");
    return event;
  }
  if (call.request.method != serve::Method::delete_) return std::nullopt;
  event.kind = Event::Kind::remove;
  if (by_digest) event.digest = call.route.reference;
  return event;
}

}  // namespace gantry::registry
