#include "registry/service.hpp"

#include "base/clock.hpp"
#include "base/json_name.hpp"
#include "registry/reply.hpp"
#include "registry_web/web_page.hpp"

#include <unistd.h>

namespace gantry::registry {

namespace {

serve::Response plain(int status, std::string text) {
  serve::Response response{.status = status, .body = std::move(text)};
  response.add("Content-Type", "text/plain; charset=utf-8");
  return response;
}

std::string quoted(std::string_view text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}

/// The page for browsers, which needs no rights: what it shows does.
std::optional<serve::Response> page_of(const serve::Request& request) {
  if (request.method != serve::Method::get && request.method != serve::Method::head) return std::nullopt;
  return request.path.starts_with("/v2/") ? std::nullopt : registry_web::web_page(request.path);
}

/// A client may do at once what it may do in so many seconds.
constexpr double kBurstSeconds = 10;

}  // namespace

Service::Service(Backend& api, std::function<bool()> works, Gate& gate, ServiceSettings settings)
    : api_(api),
      works_(std::move(works)),
      gate_(gate),
      access_log_(std::move(settings.access_log)),
      audit_(std::move(settings.audit_log)),
      on_event_(std::move(settings.on_event)) {
  const auto rate = static_cast<double>(settings.rate_limit);
  if (rate > 0) throttle_.emplace(rate, rate * kBurstSeconds);
}

std::optional<serve::Response> Service::slow_down(const Call& call) {
  if (!throttle_) return std::nullopt;
  const std::string_view name = call.caller.name;
  const auto seconds = throttle_->take(name.empty() ? address_of(call.request.peer) : name);
  if (seconds == 0) return std::nullopt;
  auto response = problem(429, "TOOMANYREQUESTS", "these are too many requests");
  return std::move(response.add("Retry-After", std::to_string(seconds)));
}

std::optional<serve::Response> Service::refuse(const Call& call) const {
  const Need need = need_of(call.request.method, call.route);
  if (satisfies(call.caller, need)) return std::nullopt;
  // Who has said nothing, or has shown a token for something else, can do better.
  if (!call.caller.is_known() || call.caller.token) return gate_.challenge(call.request, need);
  return problem(403, "DENIED", "this takes a right that you have not");
}

std::optional<serve::Response> Service::answer_at_once(const Request& request) {
  if (request.path == "/healthz") return plain(200, "ok\n");
  if (auto page = page_of(request)) return page;
  if (request.path == "/readyz" || request.path == "/token") return std::nullopt;
  const auto seen = gate_.glance(request);
  if (!seen.sure) return std::nullopt;
  const Route route = parse_route(request.path);
  if (!seen.caller) return gate_.challenge(request, need_of(request.method, route));
  const Call call{request, route, *seen.caller};
  auto response = refuse(call);
  // What is refused to somebody is worth a line in the log, and that is handle()'s.
  if (response && response->status == 403) return std::nullopt;
  if (!response) response = api_.answer_at_once(call);
  if (!response) return std::nullopt;
  if (auto slower = slow_down(call)) return slower;
  return response;
}

serve::Response Service::handle(const Request& request, Source& body) {
  if (request.path == "/readyz") return ready();
  if (request.path == "/token") return issue_token(request);
  const auto caller = gate_.identify(request);
  const Route route = parse_route(request.path);
  if (!caller) {
    audit_.note_stranger(request);
    return gate_.challenge(request, need_of(request.method, route));
  }
  const Call call{request, route, *caller};
  if (auto slower = slow_down(call)) return std::move(*slower);
  auto response = answer(call, body);
  audit_.note(call, response.status);
  // Before the answer is sent: what was acknowledged has been told.
  if (const auto event = on_event_ ? event_of(call, response) : std::nullopt) on_event_(*event);
  return response;
}

serve::Response Service::answer(const Call& call, Source& body) {
  if (auto refused = refuse(call)) return std::move(*refused);
  if (call.request.path != "/metrics") return api_.handle(call, body);
  serve::Response response{.status = 200, .body = metrics()};
  return std::move(response.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8"));
}

serve::Response Service::issue_token(const Request& request) {
  auto response = gate_.issue_token(request);
  if (!response) return problem(404, "NAME_UNKNOWN", "no tokens are given here");
  if (response->status == 401) audit_.note_stranger(request);
  return std::move(*response);
}

serve::Response Service::ready() {
  if (stopping_) return plain(503, "stopping\n");
  return works_() ? plain(200, "ok\n") : plain(503, "what is stored cannot be read\n");
}

std::string Service::metrics() const {
  std::string text =
      "# HELP gantry_registry_requests_total Requests by method and class of status.\n"
      "# TYPE gantry_registry_requests_total counter\n";
  for (std::size_t method = 0; method < kMethods; ++method)
    for (std::size_t status = 1; status < kClasses; ++status)
      if (const std::uint64_t count = requests_[method][status])
        text += fmt::format("gantry_registry_requests_total{{method=\"{}\",status=\"{}xx\"}} {}\n",
                            serve::name_of(static_cast<serve::Method>(method)), status, count);
  auto add = [&](std::string_view name, std::string_view kind, std::string_view help, auto value) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, kind, value);
  };
  add("gantry_registry_sent_bytes_total", "counter", "Bytes of the bodies of responses.", sent_.load());
  add("gantry_registry_request_seconds_total", "counter", "Time from the heads of requests to the ends of responses.",
      static_cast<double>(nanoseconds_.load()) / 1e9);
  if (connections_) add("gantry_registry_connections", "gauge", "Open connections.", connections_());
  return text;
}

void Service::finished(const serve::Request& request, const serve::Outcome& outcome) {
  const auto status_class = static_cast<std::size_t>(outcome.status / 100);
  ++requests_[static_cast<std::size_t>(request.method)][status_class < kClasses ? status_class : 5];
  sent_ += outcome.sent;
  nanoseconds_ += static_cast<std::uint64_t>(outcome.nanoseconds);
  if (!access_log_) return;
  const std::string line = fmt::format(
      "{{\"time\":\"{}\",\"peer\":{},\"method\":{},\"target\":{},\"status\":{},\"bytes\":{},\"ms\":{:.3f},\"agent\":{}}"
      "}\n",
      to_rfc3339(now()), quoted(request.peer), quoted(request.method_name), quoted(request.target), outcome.status,
      outcome.sent, static_cast<double>(outcome.nanoseconds) / 1e6, quoted(request.field("user-agent").value_or("")));
  // One write for a line, so that lines of several threads stay whole. A log that is full stops nobody's request.
  [[maybe_unused]] ssize_t written = ::write(access_log_.get(), line.data(), line.size());
}

}  // namespace gantry::registry
