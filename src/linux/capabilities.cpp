#include "linux/capabilities.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace gantry::linux {

namespace {

/// In the order of their numbers.
constexpr std::array<std::string_view, 41> kNames{
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_DAC_READ_SEARCH",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_SETGID",
    "CAP_SETUID",
    "CAP_SETPCAP",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
    "CAP_IPC_LOCK",
    "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",
    "CAP_SYS_RAWIO",
    "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",
    "CAP_SYS_BOOT",
    "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_MKNOD",
    "CAP_LEASE",
    "CAP_AUDIT_WRITE",
    "CAP_AUDIT_CONTROL",
    "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",
    "CAP_MAC_ADMIN",
    "CAP_SYSLOG",
    "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",
    "CAP_AUDIT_READ",
    "CAP_PERFMON",
    "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE",
};
static_assert(kNames[CAP_SYS_ADMIN] == "CAP_SYS_ADMIN" && kNames[CAP_CHECKPOINT_RESTORE] == "CAP_CHECKPOINT_RESTORE");

constexpr std::string_view kPrefix = "CAP_";

constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool same_in_any_case(std::string_view text, std::string_view upper_case) {
  if (text.size() != upper_case.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (upper(text[i]) != upper_case[i]) return false;
  return true;
}

bool is_bounding(unsigned capability) { return prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1; }
bool is_ambient(unsigned capability) { return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) == 1; }

using CapabilityData = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

CapabilityMask whole(std::uint32_t low, std::uint32_t high) { return CapabilityMask{high} << 32 | low; }

Result<CapabilityData> get_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  CapabilityData data{};
  if (syscall(SYS_capget, &header, data.data()) < 0) return Error::system("read our capabilities");
  return data;
}

Result<> put_capabilities(const CapabilityData& data) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  if (syscall(SYS_capset, &header, data.data()) < 0)
    return Error::system("set the capabilities").with_cure("a process can give itself only what it is permitted");
  return {};
}

}  // namespace

Result<unsigned> capability_from_name(std::string_view name) {
  std::string_view bare = name;
  if (bare.size() > kPrefix.size() && same_in_any_case(bare.substr(0, kPrefix.size()), kPrefix))
    bare.remove_prefix(kPrefix.size());
  for (unsigned i = 0; i < kNames.size(); ++i)
    if (same_in_any_case(bare, kNames[i].substr(kPrefix.size()))) return i;
  return fail(Code::invalid, "there is no capability '{}'", name)
      .with_cure("capabilities(7) lists them, for example CAP_NET_ADMIN");
}

std::string_view capability_name(unsigned capability) {
  return capability < kNames.size() ? kNames[capability] : std::string_view();
}

unsigned last_capability() {
  // An unknown number is EINVAL, so the kernel is asked from above: one call where it is as new as we are.
  unsigned last = kNames.size() - 1;
  while (last > 0 && prctl(PR_CAPBSET_READ, last, 0, 0, 0) < 0) --last;
  return last;
}

CapabilityMask all_capabilities() { return (capability_bit(last_capability()) << 1) - 1; }

Result<CapabilityMask> permitted_capabilities() {
  CapabilityData data = TRY(get_capabilities());
  return whole(data[0].permitted, data[1].permitted);
}

Result<CapabilitySets> own_capabilities() {
  CapabilityData data = TRY(get_capabilities());
  CapabilitySets sets;
  sets.effective = whole(data[0].effective, data[1].effective);
  sets.permitted = whole(data[0].permitted, data[1].permitted);
  sets.inheritable = whole(data[0].inheritable, data[1].inheritable);
  unsigned last = last_capability();
  for (unsigned i = 0; i <= last; ++i) {
    if (is_bounding(i)) sets.bounding |= capability_bit(i);
    if (is_ambient(i)) sets.ambient |= capability_bit(i);
  }
  return sets;
}

Result<> add_inheritable(CapabilityMask more) {
  CapabilityData data = TRY(get_capabilities());
  for (unsigned half = 0; half < data.size(); ++half)
    data[half].inheritable |= static_cast<std::uint32_t>(more >> (32 * half));
  return put_capabilities(data);
}

Result<> drop_bounding(CapabilityMask keep) {
  // Up to what the kernel knows, not what we know: a capability of a newer kernel must go as well.
  for (unsigned i = 0; i < 64; ++i) {
    if (keep & capability_bit(i)) continue;
    int state = prctl(PR_CAPBSET_READ, i, 0, 0, 0);
    if (state < 0) break;
    if (state == 1 && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) < 0)
      return Error::system("drop capability {} ({}) from the bounding set", i, capability_name(i));
  }
  return {};
}

Result<> set_capabilities(const CapabilitySets& sets) {
  CapabilityData data{};
  for (unsigned half = 0; half < data.size(); ++half) {
    data[half].effective = static_cast<std::uint32_t>(sets.effective >> (32 * half));
    data[half].permitted = static_cast<std::uint32_t>(sets.permitted >> (32 * half));
    data[half].inheritable = static_cast<std::uint32_t>(sets.inheritable >> (32 * half));
  }
  TRY(put_capabilities(data));

  // The kernel clears the ambient set of what left the permitted or inheritable one; the rest may be ours to lower.
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
    return Error::system("clear the ambient capabilities");
  for (unsigned i = 0; i < 64 && sets.ambient >> i != 0; ++i) {
    if (!(sets.ambient & capability_bit(i))) continue;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0) < 0)
      return Error::system("make {} ambient", capability_name(i))
          .with_cure("an ambient capability must be permitted and inheritable as well");
  }
  return {};
}

}  // namespace gantry::linux
