#pragma once

#include "accounts/secret.hpp"
#include "base/result.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace gantry::registry {

/// The users of a file as htpasswd makes it, `NAME:HASH` a line. The hashes are crypt(5)'s of today: bcrypt, yescrypt,
/// scrypt, sha512crypt, sha256crypt.
class Passwords {
 public:
  /// Code::invalid names a line that cannot be used.
  static Result<std::unique_ptr<Passwords>> load(const std::string& path);

  /// Reads the file again when it has changed. One that cannot be used any more changes nothing.
  Result<> refresh();

  /// Whether the field Authorization was right a short while ago; takes microseconds.
  bool known(std::string_view field) { return check_.known(field); }
  /// Whether it is right; takes as long as the hash was made to. An unknown user takes as long as a known one.
  bool verify(std::string_view field);

 private:
  using Users = std::map<std::string, std::string, std::less<>>;
  explicit Passwords(std::string path) : path_(std::move(path)) {}
  static Result<Users> read(const std::string& path);

  std::string path_;
  std::string version_;  ///< of the file
  std::mutex mutex_;
  Users users_;
  accounts::PasswordCheck check_;
};

}  // namespace gantry::registry
