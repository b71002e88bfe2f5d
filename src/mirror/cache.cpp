#include "mirror/cache.hpp"

#include "base/log.hpp"
#include "registries/names.hpp"
#include "registry/collect.hpp"
#include "registry/listing.hpp"
#include "registry/reply.hpp"
#include "registry/rules.hpp"

#include <algorithm>

namespace gantry::mirror {

using registry::Call;
using Kind = registry::Route::Kind;
using serve::Method;

namespace {

constexpr std::int64_t kDown = 15 * kSecond;       ///< so long a registry that failed is not asked again
constexpr std::int64_t kUseNoted = 600 * kSecond;  ///< after which the use of a manifest is noted again
constexpr int kMostAsking = 128;                   ///< half of the server's workers: pushes go on meanwhile
constexpr std::size_t kMostFresh = 100'000;
constexpr std::size_t kMostReferrers = 100;
constexpr std::int64_t kGrace = 3600 * kSecond;

bool reads(Method method) { return method == Method::get || method == Method::head; }

bool is_fetched(Kind kind) {
  return kind == Kind::manifest || kind == Kind::blob || kind == Kind::tags || kind == Kind::referrers;
}

std::string key_of(const registry::Route& route) {
  return fmt::format("{} {} {}", static_cast<int>(route.kind), route.repository, route.reference);
}
std::string down_key(const Remote& remote) { return fmt::format("down {}", registries::host_of(remote.name)); }

/// Counts for as long as it lives.
class Counted {
 public:
  explicit Counted(std::atomic<int>& count) : count_(count) { ++count_; }
  Counted(const Counted&) = delete;
  ~Counted() { --count_; }

 private:
  std::atomic<int>& count_;
};

serve::Response no_changes() {
  return registry::problem(405, "UNSUPPORTED", "this is a copy of another registry and takes no changes");
}

}  // namespace

std::optional<Cache::Copy> Cache::copy_of(std::string_view repository) const {
  if (repository.empty()) return std::nullopt;
  for (const auto& rule : rules_)
    if (auto remote = remote_of(rule.prefix, rule.upstream, repository)) return Copy{rule, std::move(*remote)};
  return std::nullopt;
}

bool Cache::is_fresh(const std::string& key) {
  std::lock_guard lock(mutex_);
  const auto found = fresh_.find(key);
  return found != fresh_.end() && found->second > monotonic();
}

void Cache::note_fresh(const std::string& key, std::int64_t how_long) {
  std::lock_guard lock(mutex_);
  if (fresh_.size() >= kMostFresh) fresh_.clear();
  fresh_[key] = monotonic() + how_long;
}

std::optional<serve::Response> Cache::answer_at_once(const Call& call) {
  // What is remembered may be older than what the other registry has, and its use has to be noted now and then.
  if (call.route.kind == Kind::manifest && copy_of(call.route.repository) && !is_fresh(key_of(call.route)))
    return std::nullopt;
  return api_.answer_at_once(call);
}

Result<bool> Cache::is_here(const Call& call) {
  const auto& route = call.route;
  if (route.kind == Kind::manifest)
    return TRY(storage_.metadata->find_manifest(route.repository, route.reference)).has_value();
  if (route.kind != Kind::blob) return false;
  const auto digest = oci::Digest::parse(route.reference);
  if (!digest) return true;  // the API says what is wrong with it
  if (TRY(storage_.metadata->use_blob(route.repository, *digest))) return true;
  return TRY(storage_.metadata->find_manifest(route.repository, digest->text())).has_value();
}

void Cache::note_use(const Call& call) {
  if (call.route.kind != Kind::manifest) return;
  const auto here = storage_.metadata->find_manifest(call.route.repository, call.route.reference);
  if (!here || !*here) return;
  const std::string key = "used " + call.route.repository + " " + (*here)->digest.text();
  if (is_fresh(key)) return;
  if (auto noted = storage_.metadata->confirm_manifest(call.route.repository, (*here)->digest); !noted)
    log::warning("note a use of {}: {}", call.route.repository, noted.error().message());
  note_fresh(key, kUseNoted);
}

Result<> Cache::provide_tag(const Target& target, const Copy& copy, const distribution::Repository& from,
                            const std::string& tag) {
  const auto there = TRY(from.find_manifest(tag));
  if (!there) {
    if (TRY(storage_.metadata->remove_tag(target.repository, tag, [](std::string_view) { return false; })))
      api_.forget_answers();
    return fail(Code::not_found, "{} has no tag {}", from.label(), tag);
  }
  const auto here = TRY(storage_.metadata->find_manifest(target.repository, tag));
  if (!here || here->digest != there->digest) {
    TRY(add_manifest(target, TRY(from.manifest(tag)), tag, true));
    api_.forget_answers();
  }
  note_fresh(key_of({Kind::manifest, target.repository, tag}), copy.rule.fresh);
  return {};
}

Result<> Cache::provide_referrers(const Call& call, const Target& target, const distribution::Repository& from) {
  const auto subject = oci::Digest::parse(call.route.reference);
  if (!subject) return {};
  auto descriptors = TRY(from.referrers(*subject, ""));
  if (descriptors.size() > kMostReferrers) descriptors.resize(kMostReferrers);
  for (const auto& each : descriptors)
    if (!TRY(storage_.metadata->find_manifest(target.repository, each.digest.text())))
      TRY(add_manifest(target, TRY(from.manifest(each.digest.text())), "", true));
  return {};
}

Result<> Cache::provide(const Call& call, const Copy& copy) {
  const auto& route = call.route;
  const Target target{
      .storage = storage_, .repository = route.repository, .room = registry::room_of(call.caller, route.repository)};
  const auto digest = oci::Digest::parse(route.reference);
  const bool by_digest = digest && route.kind != Kind::referrers;
  if (by_digest ? TRY(is_here(call)) : is_fresh(key_of(route))) return {};
  const Counted asking(asking_);
  if (asking_ > kMostAsking) return fail(Code::busy, "too much is being fetched already");
  // A blob is the same in all repositories.
  const Turns::Turn turn(turns_, route.kind == Kind::blob ? route.reference : key_of(route));
  // Whoever was before has fetched it, or has found that there is nothing to be had.
  if (by_digest ? TRY(is_here(call)) : is_fresh(key_of(route))) return {};
  if (is_fresh(down_key(copy.remote))) return fail(Code::busy, "it could not be reached a moment ago");
  const auto from = TRY(upstreams_.lend(copy.remote));
  if (route.kind == Kind::blob) return fetch_blob(target, *from, *digest);
  if (by_digest) return add_manifest(target, TRY(from->manifest(digest->text())), "", true);
  if (route.kind == Kind::manifest) return provide_tag(target, copy, *from, route.reference);
  TRY(provide_referrers(call, target, *from));
  note_fresh(key_of(route), copy.rule.fresh);
  return {};
}

Result<serve::Response> Cache::list_tags(const Call& call, const Copy& copy) {
  const auto wanted = registry::wanted_of(call.request);
  if (!wanted) return registry::bad_page_size();
  if (is_fresh(down_key(copy.remote))) return fail(Code::busy, "it could not be reached a moment ago");
  const auto from = TRY(upstreams_.lend(copy.remote));
  auto names = TRY(from->tags());
  std::ranges::sort(names);
  registry::Page page;
  for (auto name = std::ranges::upper_bound(names, wanted->last); name != names.end(); ++name) {
    page.more = page.names.size() == wanted->most;
    if (page.more) break;
    page.names.push_back(*name);
  }
  return registry::tags_reply(call.route.repository, page, *wanted);
}

Result<std::optional<serve::Response>> Cache::look_at_blob(const Call& call, const Copy& copy) {
  const auto digest = oci::Digest::parse(call.route.reference);
  if (!digest || TRY(is_here(call))) return std::nullopt;
  if (is_fresh(down_key(copy.remote))) return fail(Code::busy, "it could not be reached a moment ago");
  const auto from = TRY(upstreams_.lend(copy.remote));
  const auto found = TRY(from->find_blob(*digest));
  if (!found) return std::nullopt;
  auto response = registry::reply(200);
  response.add("Content-Type", "application/octet-stream").add("Docker-Content-Digest", digest->text());
  response.body = serve::FileRange{nullptr, 0, static_cast<std::uint64_t>(found->size)};
  return response;
}

/// An older copy is better than none.
serve::Response Cache::after_failure(const Call& call, const Copy& copy, const Error& error, Source& body) {
  if (auto broken = registry::broken_rule(error)) return std::move(*broken);
  if (error.code() == Code::no_space) return registry::problem_of(error);
  const bool is_denied = error.code() == Code::denied, is_busy = error.code() == Code::busy;
  if (is_denied) upstreams_.forget(copy.remote);  // it may have been told new credentials meanwhile
  if (error.code() == Code::failed) note_fresh(down_key(copy.remote), kDown);
  if (error.code() != Code::not_found && !is_busy) log::warning("{}: {}", copy.remote.name, error.message());
  const bool has_parts = call.route.kind == Kind::tags || call.route.kind == Kind::referrers;
  const auto here = is_here(call);
  // What the other registry has not, and what it shows to nobody like us, the API says it has not either.
  if (error.code() == Code::not_found || is_denied || has_parts || (here && *here)) return api_.handle(call, body);
  const auto host = registries::host_of(copy.remote.name);
  return registry::problem(502, "UNKNOWN", fmt::format("this is a copy of {}, which does not give it now", host));
}

serve::Response Cache::answer(const Call& call, const Copy& copy, Source& body) {
  Result<> provided;
  if (call.route.kind == Kind::tags) {
    auto listed = list_tags(call, copy);
    if (listed) return std::move(*listed);
    provided = std::move(listed.error());
  } else if (call.route.kind == Kind::blob && call.request.method == Method::head) {
    auto seen = look_at_blob(call, copy);
    if (seen && *seen) return std::move(**seen);
    if (!seen) provided = std::move(seen.error());
  } else {
    provided = provide(call, copy);
  }
  if (!provided) return after_failure(call, copy, provided.error(), body);
  note_use(call);
  if (call.route.kind == Kind::manifest && oci::Digest::parse(call.route.reference))
    note_fresh(key_of(call.route), kUseNoted);
  return api_.handle(call, body);
}

serve::Response Cache::handle(const Call& call, Source& body) {
  const auto copy = call.route.kind == Kind::none ? std::nullopt : copy_of(call.route.repository);
  if (!copy) return api_.handle(call, body);
  // What is here may be dropped: it is fetched again.
  if (is_fetched(call.route.kind) && call.request.method == Method::delete_) return api_.handle(call, body);
  if (!is_fetched(call.route.kind) || !reads(call.request.method)) return no_changes();
  return answer(call, *copy, body);
}

Result<> Cache::expire() {
  const auto dropped = TRY(storage_.metadata->drop_partial_manifests([&](std::string_view repository) {
    const auto copy = copy_of(repository);
    return now() - (copy ? copy->rule.keep : CacheRule().keep);
  }));
  if (dropped == 0) return {};
  api_.forget_answers();
  const auto collected = TRY(registry::collect(storage_, {.before = now() - kGrace}));
  log::info("dropped {} manifests and {} files of other registries that nobody has pulled", dropped, collected.files);
  return {};
}

}  // namespace gantry::mirror
