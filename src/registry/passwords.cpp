#include "registry/passwords.hpp"

#include "archive/hash.hpp"
#include "base/base64.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/id.hpp"
#include "base/text.hpp"

#include <crypt.h>
#include <openssl/crypto.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <thread>

namespace gantry::registry {

namespace {

constexpr std::int64_t kRemembered = 300 * kSecond;
constexpr std::size_t kMostRemembered = 10'000;
constexpr std::size_t kLongestPassword = 512;  // libcrypt's own limit

bool is_known_hash(std::string_view hash) {
  constexpr std::string_view kKinds[] = {"$2a$", "$2b$", "$2y$", "$y$", "$gy$", "$7$", "$6$", "$5$"};
  return std::ranges::any_of(kKinds, [&](std::string_view kind) { return hash.starts_with(kind); });
}

/// In a time that tells nothing but the lengths.
bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool matches(const std::string& password, const std::string& hash) {
  // 32 KiB: too much for the stack of a thread that answers requests.
  const auto data = std::make_unique<crypt_data>();
  const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
  const bool right = made != nullptr && made[0] != '*' && equal(made, hash);
  OPENSSL_cleanse(data.get(), sizeof(crypt_data));
  return right;
}

/// A file that was replaced or written has another one.
Result<std::string> version_of(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return Error::system("look at {}", path);
  return fmt::format("{} {} {}.{}", info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

}  // namespace

std::optional<UserAndPassword> parse_basic(std::string_view field) {
  const auto [scheme, encoded, found] = cut(field, ' ');
  if (!found || to_lower(scheme) != "basic") return std::nullopt;
  const auto decoded = base64_decode(trim(encoded));
  if (!decoded) return std::nullopt;
  const auto [user, password, whole] = cut(*decoded, ':');
  if (!whole || password.size() > kLongestPassword || decoded->find('\0') != std::string::npos) return std::nullopt;
  return UserAndPassword{std::string(user), std::string(password)};
}

Passwords::Passwords(std::string path)
    : path_(std::move(path)),
      secret_(random_hex(32)),
      at_once_(static_cast<std::ptrdiff_t>(std::clamp(std::thread::hardware_concurrency(), 1u, 64u))) {}

Result<std::unique_ptr<Passwords>> Passwords::load(const std::string& path) {
  std::unique_ptr<Passwords> passwords(new Passwords(path));
  TRY(passwords->refresh());
  return passwords;
}

Result<Passwords::Users> Passwords::read(const std::string& path) {
  Users users;
  std::size_t number = 0;
  for (const auto& line : split(TRY(read_file(path)), '\n')) {
    ++number;
    const auto text = trim(line);
    if (text.empty() || text.starts_with('#')) continue;
    const auto [user, hash, found] = cut(text, ':');
    if (!found || user.empty()) return fail(Code::invalid, "{}, line {}: this is not NAME:HASH", path, number);
    if (!is_known_hash(hash))
      return fail(Code::invalid, "{}, line {}: the password of '{}' is hashed in a way that is too weak or unknown",
                  path, number, user)
          .with_cure("make it with htpasswd -B");
    users.insert_or_assign(std::string(user), std::string(hash));
  }
  return users;
}

Result<> Passwords::refresh() {
  auto version = TRY(version_of(path_));
  {
    std::lock_guard lock(mutex_);
    if (version == version_) return {};
    version_ = version;  // a file that is wrong is complained about once
  }
  auto users = TRY(read(path_));
  std::lock_guard lock(mutex_);
  users_ = std::move(users);
  decoy_ = users_.empty() ? "" : users_.begin()->second;
  verified_.clear();
  return {};
}

std::string Passwords::key_of(std::string_view field) const {
  archive::Hasher hasher;
  hasher.update(as_bytes(secret_));
  hasher.update(as_bytes(field));
  return hasher.finish().hex();
}

bool Passwords::known(std::string_view field) {
  const std::string key = key_of(field);
  std::lock_guard lock(mutex_);
  const auto found = verified_.find(key);
  return found != verified_.end() && found->second > monotonic();
}

bool Passwords::verify(std::string_view field) {
  if (known(field)) return true;
  const auto given = parse_basic(field);
  if (!given) return false;
  std::string hash, version;
  bool exists = false;
  {
    std::lock_guard lock(mutex_);
    const auto found = users_.find(given->user);
    exists = found != users_.end();
    hash = exists ? found->second : decoy_;
    version = version_;
  }
  at_once_.acquire();
  const bool right = matches(given->password, hash);
  at_once_.release();
  if (!exists || !right) return false;
  std::lock_guard lock(mutex_);
  if (version != version_) return false;  // the user may just have lost the right
  if (verified_.size() >= kMostRemembered) verified_.clear();
  verified_.insert_or_assign(key_of(field), monotonic() + kRemembered);
  return true;
}

}  // namespace gantry::registry
