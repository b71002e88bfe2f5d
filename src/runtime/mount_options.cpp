#include "runtime/mount_options.hpp"

#include "base/text.hpp"

#include <sys/mount.h>

#include <algorithm>

namespace gantry::runtime {

namespace {

#ifndef MOUNT_ATTR_NOSYMFOLLOW
constexpr std::uint64_t MOUNT_ATTR_NOSYMFOLLOW = 0x00200000;
#endif

/// An option that sets attributes of a mount and clears others. Access-time options share one field, which has to be
/// cleared before it is set.
struct Attribute {
  const char* name;
  std::uint64_t set;
  std::uint64_t clear;
};

constexpr Attribute kAttributes[] = {
    {"ro", MOUNT_ATTR_RDONLY, 0},
    {"rw", 0, MOUNT_ATTR_RDONLY},
    {"nosuid", MOUNT_ATTR_NOSUID, 0},
    {"suid", 0, MOUNT_ATTR_NOSUID},
    {"nodev", MOUNT_ATTR_NODEV, 0},
    {"dev", 0, MOUNT_ATTR_NODEV},
    {"noexec", MOUNT_ATTR_NOEXEC, 0},
    {"exec", 0, MOUNT_ATTR_NOEXEC},
    {"relatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"norelatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME},
    {"atime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME},
    {"nostrictatime", MOUNT_ATTR_RELATIME, MOUNT_ATTR__ATIME},
    {"nodiratime", MOUNT_ATTR_NODIRATIME, 0},
    {"diratime", 0, MOUNT_ATTR_NODIRATIME},
    {"nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0},
    {"symfollow", 0, MOUNT_ATTR_NOSYMFOLLOW},
};

struct Propagation {
  const char* name;
  std::uint64_t flag;
};
constexpr Propagation kPropagations[] = {
    {"private", MS_PRIVATE}, {"shared", MS_SHARED}, {"slave", MS_SLAVE}, {"unbindable", MS_UNBINDABLE}};

/// Flags of the file system itself, which fsconfig(2) takes by name.
constexpr const char* kSuperblockFlags[] = {"sync", "dirsync", "lazytime", "mand"};
/// Their defaults, and words without a meaning of their own. Whether a file system counts versions of inodes has been
/// its own affair since Linux 6.0.
constexpr const char* kIgnored[] = {"async", "nolazytime", "nomand",   "silent",
                                    "loud",  "defaults",   "iversion", "noiversion"};

template <class Table>
auto find_named(const Table& table, std::string_view name) {
  return std::find_if(std::begin(table), std::end(table), [&](const auto& entry) { return name == entry.name; });
}

template <class Table>
bool has_word(const Table& table, std::string_view word) {
  return std::any_of(std::begin(table), std::end(table), [&](const char* known) { return word == known; });
}

/// A later option wins over an earlier one.
void apply(linux::MountChange& change, const Attribute& attribute) {
  change.set = (change.set & ~attribute.clear) | attribute.set;
  change.clear = (change.clear & ~attribute.set) | attribute.clear;
  // The access-time field is cleared whole and set anew.
  if (attribute.clear == MOUNT_ATTR__ATIME) change.clear |= MOUNT_ATTR__ATIME;
}

bool apply_attribute(MountOptions& parsed, std::string_view option) {
  if (auto known = find_named(kAttributes, option); known != std::end(kAttributes)) {
    apply(parsed.flags, *known);
    return true;
  }
  if (!option.starts_with('r')) return false;
  auto known = find_named(kAttributes, option.substr(1));
  if (known == std::end(kAttributes)) return false;
  apply(parsed.recursive, *known);
  return true;
}

bool apply_propagation(MountOptions& parsed, std::string_view option) {
  auto known = find_named(kPropagations, option);
  bool recursive = known == std::end(kPropagations) && option.starts_with('r');
  if (recursive) known = find_named(kPropagations, option.substr(1));
  if (known == std::end(kPropagations)) return false;
  parsed.propagation = known->flag;
  parsed.propagation_recursive = recursive;
  return true;
}

bool apply_kind(MountOptions& parsed, std::string_view option) {
  if (option == "bind") parsed.bind = std::max(parsed.bind, MountOptions::Bind::one);
  else if (option == "rbind") parsed.bind = MountOptions::Bind::tree;
  else if (option == "idmap") parsed.id_map = MountOptions::IdMap::one;
  else if (option == "ridmap") parsed.id_map = MountOptions::IdMap::tree;
  else if (option == "tmpcopyup") parsed.copy_up = true;
  else if (option == "remount") parsed.remount = true;
  else return false;
  return true;
}

}  // namespace

Result<MountOptions> parse_mount_options(const std::vector<std::string>& options) {
  MountOptions parsed;
  for (const auto& option : options) {
    if (apply_attribute(parsed, option) || apply_propagation(parsed, option) || apply_kind(parsed, option)) continue;
    if (has_word(kIgnored, option)) continue;
    auto [key, value, has_value] = cut(option, '=');
    if (key == "source" || key.empty()) return fail(Code::invalid, "'{}' is not a mount option", option);
    parsed.data.emplace_back(std::string(key), std::string(value));
  }
  if (parsed.remount && parsed.id_map != MountOptions::IdMap::no)
    return fail(Code::invalid, "a remount cannot map ids").with_cure("map them where it is mounted");
  if (parsed.bind == MountOptions::Bind::no) return parsed;
  for (const auto& [key, value] : parsed.data)
    if (!has_word(kSuperblockFlags, key))
      return fail(Code::invalid, "'{}' is an option of a file system, which a bind mount does not make", key)
          .with_cure("drop it");
  return parsed;
}

Result<MountOptions> mount_options_of(const oci::Mount& mount) {
  MountOptions options = TRY(parse_mount_options(mount.options));
  if (mount.type == "rbind") options.bind = MountOptions::Bind::tree;
  if (mount.type == "bind") options.bind = std::max(options.bind, MountOptions::Bind::one);
  return options;
}

std::vector<std::string> known_mount_options() {
  std::vector<std::string> names{"bind", "rbind", "idmap", "ridmap", "tmpcopyup", "remount"};
  for (const auto& attribute : kAttributes) {
    names.emplace_back(attribute.name);
    names.emplace_back(std::string("r") + attribute.name);
  }
  for (const auto& propagation : kPropagations) {
    names.emplace_back(propagation.name);
    names.emplace_back(std::string("r") + propagation.name);
  }
  for (const char* flag : kSuperblockFlags) names.emplace_back(flag);
  for (const char* word : kIgnored) names.emplace_back(word);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace gantry::runtime
