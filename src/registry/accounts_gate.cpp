#include "registry/accounts_gate.hpp"

#include "archive/hash.hpp"
#include "base/file.hpp"
#include "base/id.hpp"
#include "base/text.hpp"
#include "registry/reply.hpp"
#include "registry/throttle.hpp"
#include "registry/token_reply.hpp"

#include <atomic>
#include <shared_mutex>
#include <unordered_map>

namespace gantry::registry {

using accounts::Caller;
using accounts::Claims;
using accounts::Directory;

namespace {

constexpr std::size_t kMostTokens = 10'000;
/// Wrong passwords from one address: so many at once, and then one in six seconds.
constexpr double kWrongBurst = 20;
constexpr double kWrongRate = 1.0 / 6;

/// A token that was right, until it expires.
struct SeenToken {
  std::shared_ptr<const Claims> claims;
  bool by_others = false;
};

/// Tokens that were verified of late: doing so takes longer than all the rest of a request.
class SeenTokens {
 public:
  std::optional<SeenToken> find(std::string_view token) const {
    std::shared_lock lock(mutex_);
    const auto found = tokens_.find(key_of(token));
    if (found == tokens_.end() || found->second.claims->exp <= now() / kSecond) return std::nullopt;
    return found->second;
  }
  void remember(std::string_view token, SeenToken seen) {
    std::lock_guard lock(mutex_);
    if (tokens_.size() >= kMostTokens) tokens_.clear();
    tokens_.insert_or_assign(key_of(token), std::move(seen));
  }
  void forget_all() {
    std::lock_guard lock(mutex_);
    tokens_.clear();
  }

 private:
  /// Looking up the token itself would tell, by its time, how much of one is right.
  std::string key_of(std::string_view token) const { return archive::hash_of(as_bytes(token)).hex(); }

  mutable std::shared_mutex mutex_;
  std::unordered_map<std::string, SeenToken> tokens_;
};

std::optional<std::string_view> bearer_of(std::string_view field) {
  const auto [scheme, token, found] = cut(field, ' ');
  if (!found || to_lower(scheme) != "bearer") return std::nullopt;
  return trim(token);
}

/// What a client calls this server, if it is a host and perhaps a port.
std::string host_of(const serve::Request& request) {
  const std::string host(request.field("host").value_or(""));
  constexpr std::string_view kFits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
  return host.empty() || host.find_first_not_of(kFits) != std::string::npos ? "localhost" : host;
}

class AccountsGate final : public Gate {
 public:
  AccountsGate(AccountsGateSettings settings, std::unique_ptr<accounts::Accounts> accounts, accounts::Signer signer,
               std::string decoy)
      : settings_(std::move(settings)),
        accounts_(std::move(accounts)),
        signer_(std::move(signer)),
        own_keys_{signer_.key()},
        decoy_(std::move(decoy)) {}

  Glance glance(const serve::Request& request) override;
  std::optional<Caller> identify(const serve::Request& request) override;
  serve::Response challenge(const serve::Request& request, const Need& need) const override;
  std::optional<serve::Response> issue_token(const serve::Request& request) override;
  Result<> refresh() override;
  std::vector<accounts::Change> news() override;

 private:
  std::shared_ptr<const Directory> directory() const {
    std::shared_lock lock(mutex_);
    return directory_;
  }
  Result<> refresh_keys();
  Glance glance_token(std::string_view token) const;
  std::optional<Caller> identify_token(std::string_view token);
  std::optional<Caller> identify_password(const serve::Request& request, std::string_view field);
  std::optional<Caller> caller_of(const SeenToken& seen) const;
  std::string realm(const serve::Request& request) const;

  AccountsGateSettings settings_;
  std::unique_ptr<accounts::Accounts> accounts_;
  accounts::Signer signer_;
  std::vector<accounts::TokenKey> own_keys_;
  std::string decoy_;  ///< a hash that is compared for users that do not exist
  mutable std::shared_mutex mutex_;
  std::shared_ptr<const Directory> directory_;
  std::shared_ptr<const std::vector<accounts::TokenKey>> others_keys_;
  std::string others_text_;
  std::optional<std::int64_t> version_;
  std::optional<std::int64_t> last_change_;  ///< that was told
  accounts::PasswordCheck passwords_;
  SeenTokens tokens_;
  Throttle wrong_{kWrongRate, kWrongBurst};
};

std::optional<Caller> AccountsGate::caller_of(const SeenToken& seen) const {
  Caller caller{.name = seen.claims->sub, .directory = directory(), .token = seen.claims, .by_others = seen.by_others};
  // Its owner may have gone since.
  if (!seen.by_others && !caller.name.empty() && !caller.directory->is_active(caller.name)) return std::nullopt;
  return caller;
}

Gate::Glance AccountsGate::glance_token(std::string_view token) const {
  const auto seen = tokens_.find(token);
  return seen ? Glance{true, caller_of(*seen)} : Glance{};
}

Gate::Glance AccountsGate::glance(const serve::Request& request) {
  const auto given = credentials_of(request);
  if (!given) return {true, Caller{.directory = directory()}};
  if (const auto token = bearer_of(*given)) return glance_token(*token);
  if (!passwords_.known(*given)) return {};
  return {true, Caller{.name = accounts::parse_basic(*given)->user, .directory = directory()}};
}

std::optional<Caller> AccountsGate::identify_token(std::string_view token) {
  SeenToken seen;
  auto claims = accounts::verify_token(token, own_keys_, {signer_.key().id, std::string(kService)}, now());
  if (!claims) {
    std::shared_lock lock(mutex_);
    const auto keys = others_keys_;
    lock.unlock();
    if (!keys) return std::nullopt;
    claims = accounts::verify_token(token, *keys, {settings_.issuer, std::string(kService)}, now());
    if (!claims) return std::nullopt;
    seen.by_others = true;
  }
  seen.claims = std::make_shared<const Claims>(std::move(*claims));
  tokens_.remember(token, seen);
  return caller_of(seen);
}

std::optional<Caller> AccountsGate::identify_password(const serve::Request& request, std::string_view field) {
  const auto given = accounts::parse_basic(field);
  if (!given) return std::nullopt;
  const std::string_view address = address_of(request.peer);
  if (!wrong_.has(address)) return std::nullopt;
  const auto all = directory();
  bool right = false;
  if (given->user.find('+') != std::string::npos) {
    const auto robot = all->robots.find(given->user);
    const std::string hash = robot == all->robots.end() ? std::string(64, '0') : robot->second.hash;
    right = accounts::matches_robot_secret(given->password, hash) && all->is_active(given->user);
  } else {
    right = passwords_.verify(field, [&](const std::string& name) -> accounts::PasswordCheck::Found {
      const auto user = all->users.find(name);
      const bool exists = user != all->users.end();
      return {exists ? user->second.hash : decoy_, exists && !user->second.disabled};
    });
  }
  if (!right) {
    wrong_.take(address);
    return std::nullopt;
  }
  return Caller{.name = given->user, .directory = all};
}

std::optional<Caller> AccountsGate::identify(const serve::Request& request) {
  if (auto seen = glance(request); seen.sure) return std::move(seen.caller);
  const auto given = *credentials_of(request);
  if (const auto token = bearer_of(given)) return identify_token(*token);
  return identify_password(request, given);
}

std::string AccountsGate::realm(const serve::Request& request) const {
  if (!settings_.realm.empty()) return settings_.realm;
  if (!settings_.public_url.empty()) return settings_.public_url + "/token";
  return fmt::format("{}://{}/token", settings_.tls ? "https" : "http", host_of(request));
}

serve::Response AccountsGate::challenge(const serve::Request& request, const Need& need) const {
  auto response = problem(401, "UNAUTHORIZED", "a user and a password are needed");
  std::string field = fmt::format("Bearer realm=\"{}\",service=\"{}\"", realm(request), kService);
  if (const auto scope = scope_of(need); !scope.empty()) field += fmt::format(",scope=\"{}\"", scope);
  if (const auto given = credentials_of(request); given && bearer_of(*given))
    field += tokens_.find(*bearer_of(*given)) ? ",error=\"insufficient_scope\"" : ",error=\"invalid_token\"";
  response.add("WWW-Authenticate", field);
  return response;
}

std::optional<serve::Response> AccountsGate::issue_token(const serve::Request& request) {
  if (request.method != serve::Method::get) {
    auto response = problem(405, "UNSUPPORTED", "tokens are given to GET");
    return std::move(response.add("Allow", "GET"));
  }
  const auto given = credentials_of(request);
  // A token is for a short while: it does not buy the next one.
  const auto caller = given && bearer_of(*given) ? std::nullopt : identify(request);
  if (!caller) {
    auto response = problem(401, "UNAUTHORIZED", "user and password are not right");
    response.add("WWW-Authenticate", "Basic realm=\"gantry registry\", charset=\"UTF-8\"");
    return response;
  }
  if (const auto service = serve::query_value(request.query, "service"); service && *service != kService)
    return problem(400, "UNSUPPORTED", "tokens are given for this registry alone");
  const auto claims = claims_for(*caller, signer_.key().id, kService, serve::query_values(request.query, "scope"));
  const auto token = signer_.sign(claims);
  return token ? token_reply(*token, claims) : problem_of(token.error());
}

Result<> AccountsGate::refresh_keys() {
  if (settings_.key_set.empty()) return {};
  auto text = TRY(read_file(settings_.key_set));
  if (text == others_text_) return {};
  others_text_ = text;  // a file that is wrong is complained about once
  auto keys =
      std::make_shared<const std::vector<accounts::TokenKey>>(TRY(accounts::parse_key_set(text, settings_.key_set)));
  std::lock_guard lock(mutex_);
  others_keys_ = std::move(keys);
  tokens_.forget_all();
  return {};
}

Result<> AccountsGate::refresh() {
  TRY(refresh_keys());
  const auto version = TRY(accounts_->version());
  if (version == version_) return {};
  auto fresh = std::make_shared<const Directory>(TRY(accounts_->read()));
  {
    std::lock_guard lock(mutex_);
    directory_ = std::move(fresh);
  }
  version_ = version;
  passwords_.forget_all();
  return {};
}

std::vector<accounts::Change> AccountsGate::news() {
  std::vector<accounts::Change> told;
  while (true) {
    auto changes = accounts_->changes(last_change_.value_or(0));
    if (!changes || changes->empty()) break;
    if (last_change_) told.insert(told.end(), changes->begin(), changes->end());
    last_change_ = changes->back().number;
  }
  if (!last_change_) last_change_ = 0;
  return told;
}

/// Open to all until there are accounts, and never again.
class GrowingGate final : public Gate {
 public:
  explicit GrowingGate(AccountsGateSettings settings) : settings_(std::move(settings)) {}

  Glance glance(const serve::Request& request) override {
    return closed_ ? Glance{true, std::nullopt} : current().glance(request);
  }
  std::optional<Caller> identify(const serve::Request& request) override {
    return closed_ ? std::nullopt : current().identify(request);
  }
  serve::Response challenge(const serve::Request& request, const Need& need) const override {
    return current().challenge(request, need);
  }
  std::optional<serve::Response> issue_token(const serve::Request& request) override {
    return current().issue_token(request);
  }
  Result<> refresh() override {
    if (accounts_) return accounts_->refresh();
    if (!path_exists(settings_.folder + "/accounts.db")) return {};
    // Whoever made accounts wants the others out, also when something is wrong with them.
    closed_ = true;
    accounts_ = TRY(make_accounts_gate(settings_));
    accounts_->news();
    current_ = accounts_.get();
    closed_ = false;
    return {};
  }
  std::vector<accounts::Change> news() override { return current().news(); }

 private:
  Gate& current() const { return *current_; }

  AccountsGateSettings settings_;
  std::unique_ptr<Gate> open_ = make_open_gate();
  std::unique_ptr<Gate> accounts_;
  std::atomic<Gate*> current_ = open_.get();
  std::atomic<bool> closed_ = false;
};

}  // namespace

Result<std::unique_ptr<Gate>> make_growing_gate(AccountsGateSettings settings) {
  auto gate = std::make_unique<GrowingGate>(std::move(settings));
  TRY(gate->refresh());
  return std::unique_ptr<Gate>(std::move(gate));
}

Result<std::unique_ptr<Gate>> make_accounts_gate(AccountsGateSettings settings) {
  auto accounts = TRY(accounts::Accounts::open(settings.folder + "/accounts.db"));
  auto signer = TRY(accounts::Signer::open(settings.folder + "/token.key"));
  auto decoy = TRY(accounts::hash_password(random_hex(16)));
  auto gate =
      std::make_unique<AccountsGate>(std::move(settings), std::move(accounts), std::move(signer), std::move(decoy));
  TRY(gate->refresh());
  return std::unique_ptr<Gate>(std::move(gate));
}

}  // namespace gantry::registry
