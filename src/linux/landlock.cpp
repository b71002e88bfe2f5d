#include "linux/landlock.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace gantry::linux {

namespace {

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
constexpr std::uint64_t LANDLOCK_ACCESS_FS_TRUNCATE = 1u << 14;
#endif

constexpr int kAbiWithRefer = 2;     // Linux 5.19
constexpr int kAbiWithTruncate = 3;  // Linux 6.2

constexpr std::uint64_t kReads =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWrites =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
    LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER;
/// What a rule about something that is no folder may say.
constexpr std::uint64_t kOfFiles = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
                                   LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;

long abi() { return syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION); }

Result<Fd> make_rules(std::uint64_t handled) {
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = handled;
  Fd rules(static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!rules.valid()) return Error::system("make a Landlock ruleset");
  return rules;
}

Result<> allow_below(const Fd& rules, const Fd& place, std::uint64_t access) {
  landlock_path_beneath_attr below{};
  below.allowed_access = access;
  below.parent_fd = place.get();
  if (syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &below, 0) < 0)
    return Error::system("add a Landlock rule");
  return {};
}

Result<> allow_paths(const Fd& rules, const std::vector<std::string>& paths, std::uint64_t access) {
  for (const auto& path : paths) {
    Fd place = TRY(open_file(path, O_PATH));
    struct stat info;
    if (fstat(place.get(), &info) < 0) return Error::system("look at {}", path);
    TRY(allow_below(rules, place, S_ISDIR(info.st_mode) ? access : access & kOfFiles));
  }
  return {};
}

Result<> enforce(const Fd& rules) {
  if (syscall(SYS_landlock_restrict_self, rules.get(), 0) < 0) return Error::system("enforce Landlock rules");
  return {};
}

Result<bool> restrict_writes(const Fd* folder) {
  if (abi() < kAbiWithRefer) return false;
  Fd rules = TRY(make_rules(kWrites));
  if (folder != nullptr) TRY(allow_below(rules, *folder, kWrites));
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return Error::system("set no_new_privs");
  TRY(enforce(rules));
  return true;
}

}  // namespace

Result<bool> restrict_writes_to(const Fd& folder) { return restrict_writes(&folder); }

Result<bool> forbid_writes() { return restrict_writes(nullptr); }

Result<> restrict_to(const LandlockPaths& paths) {
  if (abi() < kAbiWithTruncate) return fail(Code::unsupported, "this kernel has no Landlock as of Linux 6.2");
  constexpr std::uint64_t kAll = kReads | kWrites | LANDLOCK_ACCESS_FS_TRUNCATE;
  Fd rules = TRY(make_rules(kAll));
  TRY(allow_paths(rules, paths.read, kReads));
  TRY(allow_paths(rules, paths.write, kAll));
  return enforce(rules);
}

}  // namespace gantry::linux
