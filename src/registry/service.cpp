#include "registry/service.hpp"

#include "base/clock.hpp"
#include "base/json_name.hpp"

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

}  // namespace

std::optional<serve::Response> Service::answer_at_once(const serve::Request& request) {
  if (request.path == "/healthz") return plain(200, "ok\n");
  if (request.path == "/readyz") return std::nullopt;
  switch (gate_.glance(request)) {
    case Gate::Verdict::pass:
      return api_.answer_at_once(request);
    case Gate::Verdict::refused:
      return gate_.refusal();
    case Gate::Verdict::unsure:
      break;
  }
  return std::nullopt;
}

serve::Response Service::handle(const serve::Request& request, Source& body) {
  if (request.path == "/readyz") return ready();
  if (auto refused = gate_.check(request)) return std::move(*refused);
  if (request.path == "/metrics") {
    auto response = plain(200, metrics());
    response.fields.clear();
    return std::move(response.add("Content-Type", "text/plain; version=0.0.4; charset=utf-8"));
  }
  return api_.handle(request, body);
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
