#pragma once

#include "base/result.hpp"

#include <memory>
#include <mutex>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace gantry::serve {

/// A server's certificate and key, TLS 1.2 and up. Both can be replaced while the server runs.
class Tls {
 public:
  /// PEM files; that of the certificate also holds those between it and the root. Code::invalid names the file.
  static Result<std::unique_ptr<Tls>> load(const std::string& certificate, const std::string& key);
  ~Tls();

  /// Reads the files again when they have changed; connections that stand keep what they have. When the new ones
  /// cannot be used the old ones stay.
  Result<> refresh();

 private:
  friend class Channel;
  Tls(std::string certificate, std::string key) : certificate_(std::move(certificate)), key_(std::move(key)) {}
  ssl_st* new_session() const;

  std::string certificate_;
  std::string key_;
  std::string version_;  ///< of both files
  mutable std::mutex mutex_;
  std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace gantry::serve
