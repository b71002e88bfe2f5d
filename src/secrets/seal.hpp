#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry::secrets {

/// The key that secrets are sealed with: 32 bytes.
class Key {
 public:
  /// From the file, which is made with a new key when it is missing. Code::denied when others may read it.
  static Result<Key> of_file(const std::string& path);

  /// XSalsa20 and Poly1305 (libsodium's secretbox): the nonce, then what hides `text`.
  std::string seal(std::string_view text) const;
  /// Code::corrupt for what was sealed with another key, or changed since.
  Result<std::string> open(std::string_view sealed) const;

 private:
  explicit Key(std::string bytes) : bytes_(std::move(bytes)) {}
  std::string bytes_;
};

}  // namespace gantry::secrets
