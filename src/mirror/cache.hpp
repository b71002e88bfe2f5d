#pragma once

#include "base/clock.hpp"
#include "mirror/fetch.hpp"
#include "mirror/turns.hpp"
#include "mirror/upstream.hpp"
#include "registry/api.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace gantry::mirror {

/// Repositories whose names begin with `prefix` are those of `upstream`: see remote_of().
struct CacheRule {
  std::string prefix;
  Place upstream;
  std::int64_t fresh = 60 * kSecond;                      ///< for so long a tag is not asked about again
  std::int64_t keep = std::int64_t{7} * 86400 * kSecond;  ///< what nobody has pulled for so long is dropped
};

/// Repositories of other registries, fetched when they are asked for and kept in the storage of this one. When another
/// registry cannot be reached, what is here is served. Nothing is pushed there. All other repositories are the API's.
class Cache final : public registry::Backend {
 public:
  /// Of several rules for a repository the first counts.
  Cache(registry::Api& api, registry::Storage& storage, Upstreams& upstreams, std::vector<CacheRule> rules)
      : api_(api), storage_(storage), upstreams_(upstreams), rules_(std::move(rules)) {}

  std::optional<serve::Response> answer_at_once(const registry::Call& call) override;
  serve::Response handle(const registry::Call& call, Source& body) override;

  /// Drops what has not been pulled for long. Takes as long as a collection does.
  Result<> expire();

 private:
  /// A repository that is a copy.
  struct Copy {
    const CacheRule& rule;
    Remote remote;
  };
  std::optional<Copy> copy_of(std::string_view repository) const;

  serve::Response answer(const registry::Call& call, const Copy& copy, Source& body);
  /// Makes sure that what is asked for is here, if the other registry has it.
  Result<> provide(const registry::Call& call, const Copy& copy);
  Result<> provide_tag(const Target& target, const Copy& copy, const distribution::Repository& from,
                       const std::string& tag);
  Result<> provide_referrers(const registry::Call& call, const Target& target, const distribution::Repository& from);
  Result<bool> is_here(const registry::Call& call);
  Result<serve::Response> list_tags(const registry::Call& call, const Copy& copy);
  /// The answer to HEAD for a blob that is not here, without fetching it; nothing: it is not there either.
  Result<std::optional<serve::Response>> look_at_blob(const registry::Call& call, const Copy& copy);
  serve::Response after_failure(const registry::Call& call, const Copy& copy, const Error& error, Source& body);
  void note_use(const registry::Call& call);

  bool is_fresh(const std::string& key);
  void note_fresh(const std::string& key, std::int64_t how_long);

  registry::Api& api_;
  registry::Storage& storage_;
  Upstreams& upstreams_;
  std::vector<CacheRule> rules_;
  Turns turns_;
  std::atomic<int> asking_ = 0;  ///< requests that wait for another registry
  std::mutex mutex_;
  std::unordered_map<std::string, std::int64_t> fresh_;  ///< until when, by what was asked for
};

}  // namespace gantry::mirror
