#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gantry::accounts {

/// A hash as crypt(5) has it, by yescrypt: the successor of scrypt, which takes memory as well as time.
Result<std::string> hash_password(const std::string& password);
/// Whether crypt(5)'s hash, of whatever kind, is that of the password. Takes as long as the hash was made to.
bool matches_password(const std::string& password, const std::string& hash);

struct RobotSecret {
  std::string secret;  ///< to be told once: 64 hex digits
  std::string hash;    ///< to be kept
};
RobotSecret make_robot_secret();
bool matches_robot_secret(std::string_view secret, std::string_view hash);

/// Compares in a time that tells nothing but the lengths.
bool equal_in_constant_time(std::string_view a, std::string_view b);

struct NameAndPassword {
  std::string user;
  std::string password;
};
/// The field Authorization of a request, when it is of the kind Basic (RFC 7617).
std::optional<NameAndPassword> parse_basic(std::string_view field);

/// Checks fields Authorization against hashes, and remembers for a while which were right, so that a pull of many
/// layers hashes once. Any number of threads may use it.
class PasswordCheck {
 public:
  PasswordCheck();

  /// Whether the field was right a short while ago; takes microseconds.
  bool known(std::string_view field);

  struct Found {
    std::string hash;  ///< of an unknown user: some other, so that both take equally long
    bool exists = false;
  };
  /// Whether it is right; `find` gives the hash of a user. Takes as long as the hash was made to.
  bool verify(std::string_view field, const std::function<Found(const std::string& user)>& find);
  /// Users have changed. What is being verified meanwhile is not remembered and not right.
  void forget_all();

 private:
  std::string key_of(std::string_view field) const;

  std::string secret_;  ///< of this process: what is remembered says nothing about passwords
  std::mutex mutex_;
  std::uint64_t generation_ = 0;
  std::unordered_map<std::string, std::int64_t> verified_;  ///< until when, by key_of()
  std::counting_semaphore<64> at_once_;  ///< hashing: the others wait, and the processor is not all taken
};

}  // namespace gantry::accounts
