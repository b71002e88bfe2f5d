#include "registry_cli/serve_settings.hpp"

#include "registry_cli/configuration.hpp"

namespace gantry::registry_cli {

namespace {

template <class Item>
Section section(std::string_view name, std::vector<std::span<const options::Option>> tables, std::vector<Item>& items) {
  return {name, std::move(tables), [&items]() -> void* { return &items.emplace_back(); }};
}

}  // namespace

Result<ServeArguments> settle(const ServeSettings& given, const std::string& config) {
  ServeSettings file, environment;
  ServeArguments settled;
  const std::vector<Section> sections = {
      section("cache", {kCacheSettings}, settled.cache),
      section("retention", {kRetentionSettings, kKeepSettings}, settled.retention),
      section("webhooks", {kWebhookSettings}, settled.webhooks),
      section("replication", {kReplicationSettings}, settled.replication),
  };
  if (!config.empty()) TRY(read_configuration(config, kServeSettings, &file, sections));
  TRY(read_environment(kServeSettings, &environment));
  const ServeSettings* const sources[] = {&file, &environment, &given};
  auto choose = [&](auto member, auto& place) {
    for (const ServeSettings* source : sources)
      if (const auto& value = source->*member) place = *value;
  };
  choose(&ServeSettings::listen, settled.listen);
  choose(&ServeSettings::storage, settled.storage);
  choose(&ServeSettings::access_log, settled.access_log);
  choose(&ServeSettings::audit_log, settled.audit_log);
  choose(&ServeSettings::htpasswd, settled.htpasswd);
  choose(&ServeSettings::tls_cert, settled.tls_cert);
  choose(&ServeSettings::tls_key, settled.tls_key);
  choose(&ServeSettings::public_url, settled.public_url);
  choose(&ServeSettings::token_keys, settled.token_keys);
  choose(&ServeSettings::token_issuer, settled.token_issuer);
  choose(&ServeSettings::token_realm, settled.token_realm);
  choose(&ServeSettings::anonymous_pull, settled.anonymous_pull);
  choose(&ServeSettings::from_store, settled.from_store);
  choose(&ServeSettings::read_only, settled.read_only);
  choose(&ServeSettings::rate_limit, settled.rate_limit);
  return settled;
}

}  // namespace gantry::registry_cli
