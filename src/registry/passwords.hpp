#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::registry {

struct UserAndPassword {
  std::string user;
  std::string password;
};
/// The field Authorization of a request, when it is of the kind Basic (RFC 7617).
std::optional<UserAndPassword> parse_basic(std::string_view field);

/// The users of a file as htpasswd makes it, `NAME:HASH` a line. The hashes are crypt(5)'s of today: bcrypt, yescrypt,
/// scrypt, sha512crypt, sha256crypt.
class Passwords {
 public:
  /// Code::invalid names a line that cannot be used.
  static Result<std::unique_ptr<Passwords>> load(const std::string& path);

  /// Reads the file again when it has changed. One that cannot be used any more changes nothing.
  Result<> refresh();

  /// Whether the field Authorization was right a short while ago; takes microseconds.
  bool known(std::string_view field);
  /// Whether it is right; takes as long as the hash was made to. An unknown user takes as long as a known one.
  bool verify(std::string_view field);

 private:
  using Users = std::map<std::string, std::string, std::less<>>;
  explicit Passwords(std::string path);
  static Result<Users> read(const std::string& path);
  std::string key_of(std::string_view field) const;

  std::string path_;
  std::string secret_;   ///< of this process: what is remembered says nothing about passwords
  std::string version_;  ///< of the file
  std::mutex mutex_;
  Users users_;
  std::string decoy_;                                       ///< a hash that is compared for users that do not exist
  std::unordered_map<std::string, std::int64_t> verified_;  ///< until when, by key_of()
  std::counting_semaphore<64> at_once_;  ///< hashing: the others wait, and the processor is not all taken
};

}  // namespace gantry::registry
