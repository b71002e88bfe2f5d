#include "registry_cli/serve_settings.hpp"

#include "registry_cli/configuration.hpp"

namespace gantry::registry_cli {

Result<ServeArguments> settle(const ServeSettings& given, const std::string& config) {
  ServeSettings file, environment;
  if (!config.empty()) TRY(read_configuration(config, kServeSettings, &file));
  TRY(read_environment(kServeSettings, &environment));
  ServeArguments settled;
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
