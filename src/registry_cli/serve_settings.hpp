#pragma once

#include "options/option.hpp"
#include "registry_cli/rule_settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gantry::registry_cli {

/// What a file, the environment and the command line can say; empty: they do not.
struct ServeSettings {
  std::optional<std::string> listen, storage, access_log, audit_log, htpasswd, tls_cert, tls_key;
  std::optional<std::string> public_url, token_keys, token_issuer, token_realm;
  std::optional<bool> anonymous_pull, from_store, read_only;
  std::optional<std::int64_t> rate_limit;
};

/// The same, settled, with the lists that only a file can have.
struct ServeArguments {
  std::string listen;
  std::string storage;
  std::string access_log;
  std::string audit_log;
  std::string htpasswd;
  std::string tls_cert;
  std::string tls_key;
  std::string public_url;
  std::string token_keys;
  std::string token_issuer;
  std::string token_realm;
  bool anonymous_pull = false;
  bool from_store = false;
  bool read_only = false;
  std::int64_t rate_limit = 0;
  std::vector<CacheSetting> cache;
  std::vector<RetentionSetting> retention;
  std::vector<WebhookSetting> webhooks;
  std::vector<ReplicationSetting> replication;
};

inline constexpr options::Option kServeSettings[] = {
    options::option<&ServeSettings::listen>('l', "listen", "HOST:PORT",
                                            "Serve there; 127.0.0.1:5000 when not given, port 0 is any free one"),
    options::option<&ServeSettings::storage>(0, "storage", "FOLDER",
                                             "Keep everything there; `registry` below --root when not given")
        .completing(options::Completes::folders),
    options::flag<&ServeSettings::from_store>(0, "from-store", "Serve the images of this host's store, read-only"),
    options::option<&ServeSettings::access_log>(0, "access-log", "FILE",
                                                "Add a line of JSON for each request; - is standard output")
        .completing(options::Completes::files),
    options::option<&ServeSettings::audit_log>(0, "audit-log", "FILE",
                                               "The same for pushes, deletions, refusals and changes of accounts")
        .completing(options::Completes::files),
    options::option<&ServeSettings::htpasswd>(0, "htpasswd", "FILE",
                                              "Serve the users of this file alone, as htpasswd -B makes it")
        .completing(options::Completes::files),
    options::flag<&ServeSettings::anonymous_pull>(0, "anonymous-pull", "Let everybody pull, and the users push"),
    options::option<&ServeSettings::tls_cert>(0, "tls-cert", "FILE", "Speak TLS with this certificate, in PEM")
        .completing(options::Completes::files),
    options::option<&ServeSettings::tls_key>(0, "tls-key", "FILE", "The certificate's key, in PEM")
        .completing(options::Completes::files),
    options::option<&ServeSettings::public_url>(0, "public-url", "URL",
                                                "How clients reach this registry, when a proxy stands before it"),
    options::option<&ServeSettings::token_keys>(0, "token-keys", "FILE",
                                                "Take tokens signed by these keys too (JWKS: RS256, ES256)")
        .completing(options::Completes::files),
    options::option<&ServeSettings::token_issuer>(0, "token-issuer", "NAME", "The `iss` that such tokens have"),
    options::option<&ServeSettings::token_realm>(0, "token-realm", "URL", "Send clients there for tokens"),
    options::option<&ServeSettings::rate_limit, options::read_between<0, 1'000'000>>(
        0, "rate-limit", "NUMBER", "Requests of one client in a second, on average; ten times that at once"),
    options::flag<&ServeSettings::read_only>(0, "read-only", "Take no pushes and delete nothing"),
};

/// Each from the first that says it: the command line, the environment, the file named `config` (none when empty).
Result<ServeArguments> settle(const ServeSettings& given, const std::string& config);

}  // namespace gantry::registry_cli
