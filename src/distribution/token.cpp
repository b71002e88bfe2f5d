#include "distribution/token.hpp"

#include "base/base64.hpp"
#include "base/json.hpp"
#include "distribution/failure.hpp"
#include "http/url.hpp"

#include <boost/describe/class.hpp>

#include <algorithm>

namespace gantry::distribution {

namespace {

struct TokenAnswer {
  std::string token;
  std::string access_token;
  std::int64_t expires_in = 0;  ///< seconds
};
BOOST_DESCRIBE_STRUCT(TokenAnswer, (), (token, access_token, expires_in))
constexpr json::Options json_options(const TokenAnswer*) { return {.style = json::Style::snake}; }

/// token.md: "For compatibility with older clients, a token should never be returned with less than 60 seconds to
/// live."
constexpr std::int64_t kShortestLife = 60;

std::string parameter(const Challenge& challenge, const std::string& name) {
  auto found = challenge.parameters.find(name);
  return found == challenge.parameters.end() ? std::string() : found->second;
}

http::Request get_request(const std::string& realm, const std::string& service, const std::vector<std::string>& scopes,
                          const std::optional<registries::Credentials>& credentials) {
  http::Request request{.url = realm};
  if (!service.empty()) request.url = http::with_parameter(std::move(request.url), "service", service);
  for (const auto& scope : scopes) request.url = http::with_parameter(std::move(request.url), "scope", scope);
  if (!credentials || credentials->user.empty()) return request;
  request.url = http::with_parameter(std::move(request.url), "account", credentials->user);
  request.headers.push_back({"Authorization", basic_authorization(*credentials)});
  return request;
}

std::string form_of(const std::string& service, const std::vector<std::string>& scopes,
                    const std::string& refresh_token) {
  std::string all;
  for (const auto& scope : scopes) all += (all.empty() ? "" : " ") + scope;
  return "grant_type=refresh_token&client_id=gantry&service=" + http::escape(service) + "&scope=" + http::escape(all) +
         "&refresh_token=" + http::escape(refresh_token);
}

Result<Token> read_token(http::Answer& answer, const std::string& host) {
  if (answer.status() != 200) return failure(answer, "a token of " + host);
  auto document = TRY(json::decode<TokenAnswer>(TRY(answer.text(1u << 20)), "the token of " + host));
  std::string text = document.token.empty() ? document.access_token : document.token;
  if (text.empty()) return fail(Code::invalid, "{} gives no token", host);
  std::int64_t life = std::max(document.expires_in, kShortestLife);
  // Renewed a little early: a request takes its time, and clocks differ.
  return Token{std::move(text), monotonic() + std::min<std::int64_t>(life - 10, std::int64_t{24} * 3600) * kSecond};
}

}  // namespace

std::string basic_authorization(const registries::Credentials& credentials) {
  return "Basic " + base64_encode(credentials.user + ":" + credentials.password);
}

Result<Token> fetch_token(http::Client& client, const Challenge& challenge, const std::vector<std::string>& scopes,
                          const std::optional<registries::Credentials>& credentials, bool insecure) {
  std::string realm = parameter(challenge, "realm");
  std::string service = parameter(challenge, "service");
  auto [scheme, host] = http::origin_of(realm);
  if (scheme.empty()) return fail(Code::invalid, "the registry names no server for tokens, but '{}'", realm);
  // A password is shown to it.
  if (scheme != "https" && !insecure)
    return fail(Code::denied, "the server for tokens, {}, is not asked without TLS", realm)
        .with_cure("--tls-verify=false allows it");
  if (!credentials || credentials->identity_token.empty()) {
    auto answer = TRY(client.send(get_request(realm, service, scopes, credentials)));
    return read_token(*answer, host);
  }
  std::string form = form_of(service, scopes, credentials->identity_token);
  MemorySource body(as_bytes(form));
  auto answer = TRY(client.send({.method = "POST",
                                 .url = realm,
                                 .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                                 .body = &body,
                                 .body_size = form.size()}));
  return read_token(*answer, host);
}

}  // namespace gantry::distribution
