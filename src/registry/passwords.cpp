#include "registry/passwords.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace gantry::registry {

namespace {

bool is_known_hash(std::string_view hash) {
  constexpr std::string_view kKinds[] = {"$2a$", "$2b$", "$2y$", "$y$", "$gy$", "$7$", "$6$", "$5$"};
  return std::ranges::any_of(kKinds, [&](std::string_view kind) { return hash.starts_with(kind); });
}

/// A file that was replaced or written has another one.
Result<std::string> version_of(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) < 0) return Error::system("look at {}", path);
  return fmt::format("{} {} {}.{}", info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

}  // namespace

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
  check_.forget_all();
  return {};
}

bool Passwords::verify(std::string_view field) {
  return check_.verify(field, [this](const std::string& user) -> accounts::PasswordCheck::Found {
    std::lock_guard lock(mutex_);
    const auto found = users_.find(user);
    if (found != users_.end()) return {found->second, true};
    return {users_.empty() ? "" : users_.begin()->second, false};
  });
}

}  // namespace gantry::registry
