#include "linux/system.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/idmap.hpp"

#include <sched.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::linux {

namespace {

/// "MemTotal:       24576000 kB" in bytes; 0 when the kernel does not tell.
std::uint64_t meminfo_bytes(std::string_view meminfo, std::string_view name) {
  while (!meminfo.empty()) {
    auto [line, rest, more] = cut(meminfo, '\n');
    meminfo = rest;
    auto [key, value, found] = cut(line, ':');
    if (found && key == name) return parse_unsigned(cut(trim(value), ' ').before).value_or(0) * 1024;
  }
  return 0;
}

/// Without the quotes that a shell would take off.
std::string os_release_value(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    auto [line, rest, more] = cut(text, '\n');
    text = rest;
    auto [key, value, found] = cut(line, '=');
    if (!found || key != name) continue;
    value = trim(value);
    if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0])
      value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return {};
}

unsigned usable_cpus() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<unsigned>(CPU_COUNT(&set));
  // More processors than the set has room for.
  return static_cast<unsigned>(sysconf(_SC_NPROCESSORS_ONLN));
}

bool has_apparmor() {
  auto enabled = read_file("/sys/module/apparmor/parameters/enabled");
  return enabled && enabled->starts_with('Y');
}

}  // namespace

Result<SystemInfo> system_info() {
  utsname names;
  if (uname(&names) < 0) return Error::system("read the name of the system");
  SystemInfo info;
  info.kernel = names.release;
  info.architecture = names.machine;
  info.hostname = names.nodename;
  auto release = read_file("/etc/os-release");
  if (!release) release = read_file("/usr/lib/os-release");
  info.distribution = os_release_value(release.value_or(""), "ID");
  info.distribution_version = os_release_value(release.value_or(""), "VERSION_ID");
  info.cpus = usable_cpus();

  std::string meminfo = TRY(read_file("/proc/meminfo"));
  info.memory_total = meminfo_bytes(meminfo, "MemTotal");
  info.memory_free = meminfo_bytes(meminfo, "MemAvailable");
  info.swap_total = meminfo_bytes(meminfo, "SwapTotal");
  info.swap_free = meminfo_bytes(meminfo, "SwapFree");
  std::string uptime = TRY(read_file("/proc/uptime"));
  info.uptime = static_cast<std::int64_t>(parse_unsigned(cut(uptime, '.').before).value_or(0));

  info.apparmor = has_apparmor();
  info.selinux = path_exists("/sys/fs/selinux/enforce");
  info.seccomp = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
  info.rootless = geteuid() != 0 || !in_initial_user_namespace();
  return info;
}

bool kernel_at_least(unsigned major, unsigned minor) {
  utsname names;
  if (uname(&names) < 0) return false;
  auto parts = split(names.release, '.');
  auto number = [&](std::size_t i) -> std::uint64_t {
    if (i >= parts.size()) return 0;
    return parse_unsigned(std::string_view(parts[i]).substr(0, parts[i].find_first_not_of("0123456789"))).value_or(0);
  };
  return number(0) != major ? number(0) > major : number(1) >= minor;
}

}  // namespace gantry::linux
