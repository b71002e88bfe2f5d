#include "mirror/upstream.hpp"

#include "base/clock.hpp"
#include "distribution/access.hpp"
#include "oci/reference.hpp"
#include "registries/credential_store.hpp"

namespace gantry::mirror {

namespace {

/// Whoever waits here has a client waiting, and perhaps an older copy to give.
constexpr int kTries = 2;
constexpr std::size_t kMostIdle = 8;     ///< sessions for one repository
constexpr std::size_t kMostNames = 500;  ///< clients choose the names
/// After that a session would know neither new credentials nor new certificates.
constexpr std::int64_t kIdleKept = 60 * kSecond;

}  // namespace

Result<Place> parse_place(std::string_view text) {
  Place place;
  std::string_view rest = text;
  if (rest.starts_with("http://")) {
    place.insecure = true;
    rest.remove_prefix(7);
  } else if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  }
  while (rest.ends_with('/')) rest.remove_suffix(1);
  place.name = rest;
  // A name whose first part is no host would be taken for one of docker.io's.
  const auto whole =
      rest.empty() ? Result<oci::Reference>(fail(Code::invalid, "empty")) : oci::parse_reference(place.name + "/x/y");
  if (whole && (whole->registry != "docker.io" || rest.starts_with("docker.io")) && whole->tag.empty()) return place;
  return fail(Code::invalid, "'{}' is no registry", text)
      .with_cure("write docker.io, quay.io/team or http://127.0.0.1:5001");
}

std::optional<Remote> remote_of(std::string_view prefix, const Place& place, std::string_view repository) {
  if (!prefix.empty()) {
    if (repository.size() <= prefix.size() + 1 || !repository.starts_with(prefix) || repository[prefix.size()] != '/')
      return std::nullopt;
    repository.remove_prefix(prefix.size() + 1);
  }
  return Remote{place.name + "/" + std::string(repository), place.insecure};
}

Result<std::unique_ptr<Upstreams>> Upstreams::load() {
  auto paths = registries::paths_of_environment({});
  auto configuration = TRY(registries::load_configuration(paths));
  return std::unique_ptr<Upstreams>(new Upstreams(std::move(paths), std::move(configuration)));
}

std::shared_ptr<distribution::Session> Upstreams::take_idle(const std::string& key) {
  std::lock_guard lock(mutex_);
  const auto found = idle_.find(key);
  if (found == idle_.end()) return nullptr;
  std::shared_ptr<distribution::Session> session;
  if (auto& idle = found->second; !idle.empty()) {
    if (idle.back().since + kIdleKept > monotonic()) session = std::move(idle.back().session);
    idle.pop_back();
  }
  if (found->second.empty()) idle_.erase(found);
  return session;
}

Result<std::shared_ptr<distribution::Session>> Upstreams::make_session(const std::string& name, bool insecure) {
  auto access = TRY(distribution::access_to(paths_, name, insecure));
  access.credentials =
      TRY(registries::CredentialStore(paths_.auth_files, configuration_.credential_helpers).find(name));
  access.tries = kTries;
  return std::make_shared<distribution::Session>(std::move(access));
}

Result<Upstreams::Lent> Upstreams::lend(const Remote& remote) {
  const auto reference = TRY(oci::parse_reference(remote.name));
  const std::string key = reference.name();
  auto session = take_idle(key);
  if (!session) session = TRY(make_session(key, remote.insecure));
  Lent lent(*this, key, session, reference.repository);
  lent.session_ = std::move(session);
  return lent;
}

void Upstreams::forget(const Remote& remote) {
  const auto reference = oci::parse_reference(remote.name);
  std::lock_guard lock(mutex_);
  if (reference) idle_.erase(reference->name());
}

Upstreams::Lent::~Lent() {
  if (owner_ == nullptr || !session_) return;
  std::lock_guard lock(owner_->mutex_);
  if (owner_->idle_.size() >= kMostNames) owner_->idle_.clear();
  auto& idle = owner_->idle_[key_];
  if (idle.size() < kMostIdle) idle.push_back({std::move(session_), monotonic()});
}

}  // namespace gantry::mirror
