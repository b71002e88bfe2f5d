#include "linux/landlock.hpp"

#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace gantry::linux {

Result<bool> restrict_writes_to(const Fd& folder) {
  constexpr int kAbiWithRefer = 2;
  if (syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) < kAbiWithRefer) return false;
  constexpr std::uint64_t kWrites =
      LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
      LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
      LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
      LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = kWrites;
  Fd rules(static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!rules.valid()) return Error::system("make a Landlock ruleset");
  landlock_path_beneath_attr below{};
  below.allowed_access = kWrites;
  below.parent_fd = folder.get();
  if (syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &below, 0) < 0)
    return Error::system("add a Landlock rule");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return Error::system("set no_new_privs");
  if (syscall(SYS_landlock_restrict_self, rules.get(), 0) < 0) return Error::system("restrict writes by Landlock");
  return true;
}

}  // namespace gantry::linux
