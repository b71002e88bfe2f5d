#include "registry_cli/serve_work.hpp"

#ifdef GANTRY_HAVE_REGISTRIES

#include "mirror/cache.hpp"
#include "registry/names.hpp"
#include "registry_cli/jobs.hpp"

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

class WithOthers final : public ServeWork {
 public:
  WithOthers(registry::Api& api, registry::Storage& storage, std::unique_ptr<mirror::Upstreams> upstreams,
             std::vector<mirror::CacheRule> rules)
      : upstreams_(std::move(upstreams)), cache_(api, storage, *upstreams_, std::move(rules)) {
    jobs_.add({"drop old copies", kExpired, [this] { return cache_.expire(); }});
    jobs_.start();
  }
  registry::Backend& backend() override { return cache_; }

 private:
  std::unique_ptr<mirror::Upstreams> upstreams_;
  mirror::Cache cache_;
  Jobs jobs_;
};

}  // namespace

Result<> check_work(const ServeArguments& arguments) {
  TRY(cache_rules(arguments));
  return {};
}

Result<std::unique_ptr<ServeWork>> make_work(const ServeArguments& arguments, registry::Api& api,
                                             registry::Storage& storage) {
  auto rules = TRY(cache_rules(arguments));
  if (rules.empty()) return std::unique_ptr<ServeWork>();
  auto upstreams = TRY(mirror::Upstreams::load());
  return std::unique_ptr<ServeWork>(std::make_unique<WithOthers>(api, storage, std::move(upstreams), std::move(rules)));
}

}  // namespace gantry::registry_cli

#else

namespace gantry::registry_cli {

Result<> check_work(const ServeArguments& arguments) {
  if (arguments.cache.empty()) return {};
  return fail(Code::unsupported, "cache: this program was built without a client for registries")
      .with_cure("use the package of a distribution instead of the static one");
}

Result<std::unique_ptr<ServeWork>> make_work(const ServeArguments& arguments, registry::Api&, registry::Storage&) {
  TRY(check_work(arguments));
  return std::unique_ptr<ServeWork>();
}

}  // namespace gantry::registry_cli

#endif
