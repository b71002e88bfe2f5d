#include "accounts/secret.hpp"

#include "archive/hash.hpp"
#include "base/base64.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "base/text.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <memory>
#include <thread>

namespace gantry::accounts {

namespace {

constexpr std::int64_t kRemembered = 300 * kSecond;
constexpr std::size_t kMostRemembered = 10'000;
constexpr std::size_t kLongestPassword = 512;  // libcrypt's own limit
constexpr std::size_t kSecretBytes = 32;

std::string sha256(std::string_view text) { return archive::hash_of(as_bytes(text)).hex(); }

}  // namespace

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<std::string> hash_password(const std::string& password) {
  if (password.empty() || password.size() > kLongestPassword || password.find('\0') != std::string::npos)
    return fail(Code::invalid, "a password has 1 to {} bytes", kLongestPassword);
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  if (crypt_gensalt_rn("$y$", 0, nullptr, 0, setting, sizeof setting) == nullptr)
    return Error::system("choose a salt for a password");
  // 32 KiB: too much for the stack of a thread that answers requests.
  const auto data = std::make_unique<crypt_data>();
  const char* made = crypt_r(password.c_str(), setting, data.get());
  if (made == nullptr || made[0] == '*') return Error::system("hash a password");
  std::string hash = made;
  OPENSSL_cleanse(data.get(), sizeof(crypt_data));
  return hash;
}

bool matches_password(const std::string& password, const std::string& hash) {
  const auto data = std::make_unique<crypt_data>();
  const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
  const bool right = made != nullptr && made[0] != '*' && equal_in_constant_time(made, hash);
  OPENSSL_cleanse(data.get(), sizeof(crypt_data));
  return right;
}

RobotSecret make_robot_secret() {
  std::string secret = random_hex(kSecretBytes);
  std::string hash = sha256(secret);
  return {std::move(secret), std::move(hash)};
}

bool matches_robot_secret(std::string_view secret, std::string_view hash) {
  return equal_in_constant_time(sha256(secret), hash);
}

std::optional<NameAndPassword> parse_basic(std::string_view field) {
  const auto [scheme, encoded, found] = cut(field, ' ');
  if (!found || to_lower(scheme) != "basic") return std::nullopt;
  const auto decoded = base64_decode(trim(encoded));
  if (!decoded) return std::nullopt;
  const auto [user, password, whole] = cut(*decoded, ':');
  if (!whole || password.size() > kLongestPassword || decoded->find('\0') != std::string::npos) return std::nullopt;
  return NameAndPassword{std::string(user), std::string(password)};
}

PasswordCheck::PasswordCheck()
    : secret_(random_hex(kSecretBytes)),
      at_once_(static_cast<std::ptrdiff_t>(std::clamp(std::thread::hardware_concurrency(), 1u, 64u))) {}

std::string PasswordCheck::key_of(std::string_view field) const {
  archive::Hasher hasher;
  hasher.update(as_bytes(secret_));
  hasher.update(as_bytes(field));
  return hasher.finish().hex();
}

bool PasswordCheck::known(std::string_view field) {
  const std::string key = key_of(field);
  std::lock_guard lock(mutex_);
  const auto found = verified_.find(key);
  return found != verified_.end() && found->second > monotonic();
}

bool PasswordCheck::verify(std::string_view field, const std::function<Found(const std::string& user)>& find) {
  if (known(field)) return true;
  const auto given = parse_basic(field);
  if (!given) return false;
  std::uint64_t generation = 0;
  {
    std::lock_guard lock(mutex_);
    generation = generation_;
  }
  const Found found = find(given->user);
  at_once_.acquire();
  const bool right = matches_password(given->password, found.hash);
  at_once_.release();
  if (!found.exists || !right) return false;
  std::lock_guard lock(mutex_);
  if (generation != generation_) return false;  // the user may just have lost the right
  if (verified_.size() >= kMostRemembered) verified_.clear();
  verified_.insert_or_assign(key_of(field), monotonic() + kRemembered);
  return true;
}

void PasswordCheck::forget_all() {
  std::lock_guard lock(mutex_);
  ++generation_;
  verified_.clear();
}

}  // namespace gantry::accounts
