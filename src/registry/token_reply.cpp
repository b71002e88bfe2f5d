#include "registry/token_reply.hpp"

#include "base/id.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "registry/names.hpp"
#include "registry/reply.hpp"

#include <algorithm>

namespace gantry::registry {

using accounts::Grant;
using accounts::Right;

namespace {

constexpr std::int64_t kLifetime = 300;  ///< seconds
constexpr std::size_t kMostScopes = 64;

struct TokenAnswer {
  std::string token;
  std::string access_token;
  std::int64_t expires_in = 0;
  std::string issued_at;
};
BOOST_DESCRIBE_STRUCT(TokenAnswer, (), (token, access_token, expires_in, issued_at))
constexpr json::Options json_options(const TokenAnswer*) { return {.style = json::Style::snake}; }

std::vector<std::string> allowed_actions(const accounts::Caller& caller, std::string_view repository,
                                         const std::vector<std::string>& wanted) {
  std::vector<std::string> actions;
  for (const auto right : {Right::pull, Right::push, Right::remove}) {
    const std::string action(accounts::action_of(right));
    const bool asked = std::ranges::any_of(wanted, [&](const auto& each) { return each == action || each == "*"; });
    if (asked && caller.may(right, repository)) actions.push_back(action);
  }
  return actions;
}

Grant grant_of(const accounts::Caller& caller, std::string_view scope) {
  const auto [type, rest, found] = cut(scope, ':');
  const auto [name, actions, whole] = cut_last(rest, ':');
  if (!found || !whole) return {};
  Grant grant{std::string(type), std::string(name), {}};
  if (type == "repository" && is_repository(name)) grant.actions = allowed_actions(caller, name, split(actions, ','));
  if (type == "registry" && name == "catalog" && actions == "*") grant.actions = {"*"};
  return grant;
}

}  // namespace

std::vector<Grant> granted(const accounts::Caller& caller, const std::vector<std::string>& scopes) {
  std::vector<Grant> grants;
  for (const auto& text : scopes)
    for (const auto& scope : split(text, ' ')) {
      if (grants.size() == kMostScopes) return grants;
      if (auto grant = grant_of(caller, scope); !grant.actions.empty()) grants.push_back(std::move(grant));
    }
  return grants;
}

accounts::Claims claims_for(const accounts::Caller& caller, std::string_view issuer, std::string_view audience,
                            const std::vector<std::string>& scopes) {
  const std::int64_t seconds = now() / kSecond;
  return {.iss = std::string(issuer),
          .sub = caller.name,
          .aud = accounts::audience_of(audience),
          .exp = seconds + kLifetime,
          .nbf = seconds,
          .iat = seconds,
          .jti = random_hex(8),
          .access = granted(caller, scopes)};
}

serve::Response token_reply(const std::string& token, const accounts::Claims& claims) {
  const TokenAnswer answer{token, token, claims.exp - claims.iat, to_rfc3339(claims.iat * kSecond)};
  auto response = json_reply(200, json::encode(answer) + "\n");
  response.add("Cache-Control", "no-store");
  return response;
}

}  // namespace gantry::registry
