#include "distribution/session.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "distribution/backoff.hpp"
#include "http/url.hpp"

#include <unistd.h>

#include <algorithm>

namespace gantry::distribution {

namespace {

http::Settings settings_of(const Access& access) {
  return {.authorities = access.authorities,
          .client_certificate = access.client_certificate,
          .client_key = access.client_key,
          .verify = !access.insecure,
          .user_agent = fmt::format("gantry/{}", version())};
}

std::string key_of(const std::vector<std::string>& scopes) { return join(scopes, " "); }

/// Under its old name this host serves the web site.
std::string api_host(const std::string& host) { return host == "docker.io" ? "registry-1.docker.io" : host; }

const Challenge* find(const std::vector<Challenge>& challenges, std::string_view scheme) {
  auto found =
      std::find_if(challenges.begin(), challenges.end(), [&](const auto& one) { return one.scheme == scheme; });
  return found == challenges.end() ? nullptr : &*found;
}

/// The parent's: its connections are not ours to close.
void leave(std::unique_ptr<http::Client>& client) { [[maybe_unused]] const auto* parents = client.release(); }

}  // namespace

Session::Session(Access access)
    : access_(std::move(access)),  // As docker has it, what listens on this machine's loopback needs no TLS.
      plain_allowed_(access_.insecure || http::is_loopback(access_.host)) {}

Session::~Session() {
  if (owner_ != getpid()) leave(client_);
}

http::Client& Session::client() {
  if (!client_ || owner_ != getpid()) {
    leave(client_);
    client_ = std::make_unique<http::Client>(settings_of(access_));
    owner_ = getpid();
  }
  return *client_;
}

std::string Session::whole_url(const std::string& url) const {
  return url.starts_with('/') ? fmt::format("{}://{}{}", scheme_, api_host(access_.host), url) : url;
}

Result<std::unique_ptr<http::Answer>> Session::transmit(const Order& order, const std::string& key) {
  http::Request request{.method = order.method, .url = whole_url(order.url), .headers = order.headers};
  std::optional<MemorySource> content;
  if (order.content) {
    request.body = &content.emplace(as_bytes(*order.content));
    request.body_size = order.content->size();
  } else if (order.body != nullptr) {
    request.body = order.body;
    request.body_size = order.body_size;
  }
  // A URL that the registry has given may lead to another host, which is not to see what lets us in here.
  bool ours = http::origin_of(request.url).host == api_host(access_.host);
  auto token = tokens_.find(key);
  if (ours && token != tokens_.end() && token->second.expires > monotonic())
    request.headers.push_back({"Authorization", "Bearer " + token->second.text});
  else if (ours && access_.credentials && !access_.credentials->registry_token.empty())
    request.headers.push_back({"Authorization", "Bearer " + access_.credentials->registry_token});
  else if (ours && basic_) request.headers.push_back({"Authorization", basic_authorization(*access_.credentials)});
  log::debug("{} {}", request.method, request.url);
  return client().send(request);
}

/// Does what the registry asks for before it lets us in.
Result<> Session::authorize(const http::Answer& refusal, const std::vector<std::string>& scopes,
                            const std::string& key) {
  std::vector<Challenge> challenges;
  for (auto header : refusal.headers("www-authenticate"))
    for (auto& challenge : parse_challenges(header)) challenges.push_back(std::move(challenge));
  if (const Challenge* bearer = find(challenges, "bearer")) {
    auto wanted = scopes;
    if (auto scope = bearer->parameters.find("scope"); wanted.empty() && scope != bearer->parameters.end())
      wanted = {scope->second};
    tokens_[key] = TRY(fetch_token(client(), *bearer, wanted, access_.credentials, plain_allowed_));
    return {};
  }
  bool has_password = access_.credentials && !access_.credentials->password.empty();
  basic_ = find(challenges, "basic") != nullptr && has_password;
  return {};
}

/// Without TLS, and from now on. A server that has only hung up may have TLS all the same: if it answers 400 or nothing
/// without, it is the first failure that counts.
Result<std::unique_ptr<http::Answer>> Session::try_plain(const Order& order, const std::string& key,
                                                         Result<std::unique_ptr<http::Answer>> refused) {
  scheme_ = "http";
  auto answer = transmit(order, key);
  bool is_sure = refused.error().code() != Code::failed;
  if (is_sure || (answer && (*answer)->status() != 400)) return answer;
  scheme_ = "https";
  return refused;
}

Result<std::unique_ptr<http::Answer>> Session::try_once(const Order& order, const std::vector<std::string>& scopes) {
  std::string key = key_of(scopes);
  auto answer = transmit(order, key);
  if (!answer && plain_allowed_ && scheme_ == "https" && http::is_refused_tls(answer.error()) && order.body == nullptr)
    answer = try_plain(order, key, std::move(answer));
  if (!answer || (*answer)->status() != 401) return answer;
  bool was_basic = basic_;
  auto old = tokens_.find(key) == tokens_.end() ? std::string() : tokens_[key].text;
  TRY(authorize(**answer, scopes, key));
  bool changed = basic_ != was_basic || (tokens_.contains(key) && tokens_[key].text != old);
  if (!changed || order.body != nullptr) return answer;
  return transmit(order, key);
}

Result<std::unique_ptr<http::Answer>> Session::send(const Order& order, const std::vector<std::string>& scopes) {
  Backoff backoff(access_.tries);
  while (true) {
    auto answer = try_once(order, scopes);
    bool again = answer ? is_temporary((*answer)->status()) : answer.error().code() == Code::failed;
    if (!again || order.body != nullptr) return answer;
    auto wait = backoff.next(answer ? (*answer)->header("retry-after") : std::string_view());
    if (!wait) return answer;
    log::info("{} {}: {}; trying again in {} ms", order.method, order.url,
              answer ? fmt::format("status {}", (*answer)->status()) : answer.error().message(), *wait);
    wait_for(*wait);
  }
}

}  // namespace gantry::distribution
