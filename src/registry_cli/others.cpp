#include "registry_cli/others.hpp"

namespace gantry::registry_cli {

namespace {

bool has_none(const ServeArguments& arguments) {
  return arguments.cache.empty() && arguments.webhooks.empty() && arguments.replication.empty();
}

}  // namespace

}  // namespace gantry::registry_cli

#ifdef GANTRY_HAVE_REGISTRIES

#include "base/file.hpp"
#include "base/text.hpp"
#include "http/url.hpp"
#include "mirror/cache.hpp"
#include "mirror/replicate.hpp"
#include "registry/names.hpp"
#include "registry_cli/retain.hpp"
#include "webhook/senders.hpp"
#include "webhook/signature.hpp"

#include <set>

namespace gantry::registry_cli {

namespace {

constexpr std::int64_t kExpired = 3600 * kSecond;

Result<std::vector<mirror::CacheRule>> cache_rules(const ServeArguments& arguments) {
  std::vector<mirror::CacheRule> rules;
  for (const auto& setting : arguments.cache) {
    if (setting.upstream.empty())
      return fail(Code::invalid, "cache: an item does not say which registry it is of")
          .with_cure("upstream: docker.io");
    if (!setting.prefix.empty() && !registry::is_repository(setting.prefix))
      return fail(Code::invalid, "cache: '{}' is no beginning of a repository's name", setting.prefix)
          .with_cure("prefix: hub");
    rules.push_back({.prefix = setting.prefix,
                     .upstream = TRY(with_context(mirror::parse_place(setting.upstream), "cache")),
                     .fresh = setting.fresh,
                     .keep = setting.keep});
  }
  return rules;
}

Result<std::vector<webhook::Receiver>> receivers_of(const std::vector<WebhookSetting>& settings) {
  std::vector<webhook::Receiver> receivers;
  std::set<std::string> urls;
  for (const auto& setting : settings) {
    if (http::origin_of(setting.url).host.empty())
      return fail(Code::invalid, "webhooks: '{}' is no URL that can be told anything", setting.url)
          .with_cure("url: https://host/path");
    if (!urls.insert(setting.url).second)
      return fail(Code::invalid, "webhooks: {} is there twice", setting.url)
          .with_cure("name all events and repositories in one item");
    webhook::Receiver receiver{
        .url = setting.url, .key = {}, .events = setting.events, .repositories = setting.repositories};
    if (!setting.secret_file.empty()) {
      const auto text = TRY(with_context(read_file(setting.secret_file), "webhooks"));
      receiver.key = TRY(with_context(webhook::key_of(trim(text)), "webhooks: {}", setting.secret_file));
    }
    if (!setting.authority.empty()) {
      TRY(with_context(read_file(setting.authority), "webhooks"));
      receiver.authorities = {setting.authority};
    }
    receivers.push_back(std::move(receiver));
  }
  return receivers;
}

Result<mirror::Replication> replication_of(const ReplicationSetting& setting) {
  if (setting.to.empty() == setting.from.empty())
    return fail(Code::invalid, "replication: an item says either where to push to or where to pull from")
        .with_cure("to: registry.example");
  if (setting.repositories.empty())
    return fail(Code::invalid, "replication: an item does not say which repositories")
        .with_cure("repositories: 'team/*'");
  if (!setting.prefix.empty() && !registry::is_repository(setting.prefix))
    return fail(Code::invalid, "replication: '{}' is no beginning of a repository's name", setting.prefix)
        .with_cure("prefix: hub");
  if (setting.every < kSecond) return fail(Code::invalid, "replication: once a second is the most often");
  const bool pushes = !setting.to.empty();
  return mirror::Replication{
      .direction = pushes ? mirror::Direction::push : mirror::Direction::pull,
      .place = TRY(with_context(mirror::parse_place(pushes ? setting.to : setting.from), "replication")),
      .prefix = setting.prefix,
      .repositories = setting.repositories,
      .tags = setting.tags};
}

Result<std::vector<mirror::Replication>> replications(const ServeArguments& arguments) {
  std::vector<mirror::Replication> all;
  for (const auto& setting : arguments.replication) {
    all.push_back(TRY(replication_of(setting)));
    if (arguments.read_only && all.back().direction == mirror::Direction::pull)
      return fail(Code::invalid, "replication: a read-only registry pulls nothing").with_cure("drop one of them");
  }
  return all;
}

class WithClient final : public Others {
 public:
  WithClient(registry::Api& api, registry::Storage& storage, std::string folder)
      : api_(api), storage_(storage), folder_(std::move(folder)) {}

  Result<> start(const ServeArguments& arguments) {
    upstreams_ = TRY(mirror::Upstreams::load());
    if (auto rules = TRY(cache_rules(arguments)); !rules.empty()) {
      cache_ = std::make_unique<mirror::Cache>(api_, storage_, *upstreams_, std::move(rules));
    }
    const std::string source = arguments.public_url.empty() ? "gantry-registry" : arguments.public_url;
    if (!arguments.webhooks.empty())
      webhooks_ = TRY(webhook::Senders::start(TRY(receivers_of(arguments.webhooks)), folder_ + "/webhooks.db", source));
    replications_ = TRY(replications(arguments));
    for (const auto& setting : arguments.replication) every_.push_back(setting.every);
    return {};
  }

  registry::Backend& backend() override {
    if (cache_) return *cache_;
    return api_;
  }
  void add_jobs(Jobs& jobs, const registry::Audit& audit) override {
    if (cache_) jobs.add({.name = "drop old copies", .every = kExpired, .work = [this] { return cache_->expire(); }});
    for (std::size_t i = 0; i < replications_.size(); ++i) {
      const auto& replication = replications_[i];
      const bool pushes = replication.direction == mirror::Direction::push;
      jobs.add({.name = fmt::format("replication {} {} of {}", pushes ? "to" : "from", replication.place.name,
                                    join(replication.repositories, " ")),
                .every = every_[i],
                .work = [this, &jobs, &audit, &replication] { return replicate(jobs, audit, replication); },
                .key = fmt::format("replication|{}|{}|{}|{}|{}", pushes, replication.place.name, replication.prefix,
                                   join(replication.repositories, " "), join(replication.tags, " "))});
    }
  }
  void tell(const registry::Event& event) override {
    if (!webhooks_) return;
    webhooks_->tell({.type = event.kind == registry::Event::Kind::push ? "push" : "delete",
                     .repository = event.repository,
                     .tag = event.tag,
                     .digest = event.digest,
                     .actor = event.actor});
  }

 private:
  Result<> replicate(const Jobs& jobs, const registry::Audit& audit, const mirror::Replication& replication) {
    const auto directory = TRY(read_directory(folder_));
    return mirror::replicate({.storage = storage_,
                              .upstreams = *upstreams_,
                              .directory = directory.get(),
                              .stops = [&jobs] { return jobs.is_stopping(); },
                              .changed = [this] { api_.forget_answers(); },
                              .log =
                                  [&audit](const std::string& text) {
                                    audit.note(accounts::Change{.time = now(), .actor = "replication", .text = text});
                                  }},
                             replication);
  }

  registry::Api& api_;
  registry::Storage& storage_;
  std::string folder_;
  std::vector<mirror::Replication> replications_;
  std::vector<std::int64_t> every_;
  std::unique_ptr<mirror::Upstreams> upstreams_;
  std::unique_ptr<mirror::Cache> cache_;
  std::unique_ptr<webhook::Senders> webhooks_;
};

}  // namespace

Result<> check_others(const ServeArguments& arguments) {
  TRY(cache_rules(arguments));
  TRY(receivers_of(arguments.webhooks));
  TRY(replications(arguments));
  return {};
}

Result<std::unique_ptr<Others>> make_others(const ServeArguments& arguments, registry::Api& api,
                                            registry::Storage& storage, const std::string& folder) {
  if (has_none(arguments)) return std::unique_ptr<Others>();
  auto others = std::make_unique<WithClient>(api, storage, folder);
  TRY(others->start(arguments));
  return std::unique_ptr<Others>(std::move(others));
}

}  // namespace gantry::registry_cli

#else

namespace gantry::registry_cli {

Result<> check_others(const ServeArguments& arguments) {
  if (has_none(arguments)) return {};
  return fail(Code::unsupported, "this build of Gantry, which needs no libraries, talks to no other server")
      .with_cure("install its Debian package");
}

Result<std::unique_ptr<Others>> make_others(const ServeArguments& arguments, registry::Api&, registry::Storage&,
                                            const std::string&) {
  TRY(check_others(arguments));
  return std::unique_ptr<Others>();
}

}  // namespace gantry::registry_cli

#endif
