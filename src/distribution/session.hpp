#pragma once

#include "distribution/backoff.hpp"
#include "distribution/challenge.hpp"
#include "distribution/token.hpp"
#include "http/client.hpp"
#include "registries/credentials.hpp"

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gantry::distribution {

/// A registry, and what one needs to be let in.
struct Access {
  std::string host;                      ///< "quay.io", "127.0.0.1:5000"
  bool insecure = false;                 ///< certificates are not checked, and without TLS will do as well
  std::vector<std::string> authorities;  ///< PEM files
  std::string client_certificate;
  std::string client_key;
  std::optional<registries::Credentials> credentials;
  int tries = Backoff::kTries;  ///< of a request, before it has failed
};

/// One request to a registry.
struct Order {
  std::string method = "GET";
  std::string url;  ///< a path, as "/v2/a/b/tags/list", or a whole URL that the registry has given
  std::vector<http::Header> headers;
  std::optional<std::string> content;  ///< a small body, which can be sent again
  Source* body = nullptr;              ///< a large body, which cannot
  std::optional<std::uint64_t> body_size;
};

/// Requests to one registry: authenticated as it asks for, repeated when it or the way there fails for a moment, and no
/// sooner than it allows. One thread. After a fork(2) the child goes on with the same tokens and its own connections.
class Session {
 public:
  explicit Session(Access access);
  Session(Session&&) = default;
  ~Session();

  const Access& access() const { return access_; }

  /// `scopes` as token servers know them: "repository:a/b:pull". Any final status is returned, except for those that
  /// are worth another try, as long as there is one. An order with a `body` is tried once.
  Result<std::unique_ptr<http::Answer>> send(const Order& order, const std::vector<std::string>& scopes);

 private:
  Result<std::unique_ptr<http::Answer>> try_once(const Order& order, const std::vector<std::string>& scopes);
  Result<std::unique_ptr<http::Answer>> try_plain(const Order& order, const std::string& key,
                                                  Result<std::unique_ptr<http::Answer>> refused);
  Result<std::unique_ptr<http::Answer>> transmit(const Order& order, const std::string& key);
  Result<> authorize(const http::Answer& refusal, const std::vector<std::string>& scopes, const std::string& key);
  std::string whole_url(const std::string& url) const;
  http::Client& client();

  Access access_;
  std::string scheme_ = "https";
  bool plain_allowed_;
  std::map<std::string, Token> tokens_;  ///< by scopes
  bool basic_ = false;                   ///< the registry wants user and password each time
  std::unique_ptr<http::Client> client_;
  pid_t owner_ = 0;  ///< of client_
};

}  // namespace gantry::distribution
