#include "linux/cgroup_mounts.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>

namespace gantry::linux {

namespace {

constexpr const char* kUsualFolder = "/sys/fs/cgroup";
constexpr std::size_t kMaxMountinfo = 256u << 20;

/// mountinfo writes blanks and backslashes as "\040" and the like.
std::string unescape(std::string_view text) {
  auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      plain += static_cast<char>((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 | (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// The controllers among the options of a v1 superblock: "rw,xattr,cpu,cpuacct" has two.
std::string controllers_of(std::string_view options) {
  constexpr std::array<std::string_view, 16> kKnown{"blkio",    "cpu",        "cpuacct", "cpuset", "debug", "devices",
                                                    "dmem",     "freezer",    "hugetlb", "memory", "misc",  "net_cls",
                                                    "net_prio", "perf_event", "pids",    "rdma"};
  std::string found;
  for (std::string_view rest = options; !rest.empty();) {
    auto [option, after, more] = cut(rest, ',');
    rest = after;
    if (std::find(kKnown.begin(), kKnown.end(), option) == kKnown.end()) continue;
    if (!found.empty()) found += ',';
    found += option;
  }
  return found;
}

/// "36 22 0:33 / /sys/fs/cgroup/freezer rw,relatime shared:9 - cgroup cgroup rw,freezer"
bool parse_line(std::string_view line, CgroupMount& mount) {
  constexpr std::string_view kSeparator = " - cgroup";
  auto separator = line.find(kSeparator);
  if (separator == std::string_view::npos) return false;
  std::string_view tail = line.substr(separator + kSeparator.size());
  mount.v2 = tail.starts_with("2 ");
  if (!mount.v2 && !tail.starts_with(" ")) return false;
  auto fields = split(line.substr(0, separator), ' ');
  if (fields.size() < 6) return false;
  mount.root = unescape(fields[3]);
  mount.folder = unescape(fields[4]);
  if (!mount.v2) mount.controllers = controllers_of(cut_last(tail, ' ').after);
  return mount.v2 || !mount.controllers.empty();
}

std::vector<CgroupMount> read_cgroup_mounts() {
  // Most hosts are like this, and mountinfo is long where many containers run.
  struct statfs info;
  if (statfs(kUsualFolder, &info) == 0 && info.f_type == CGROUP2_SUPER_MAGIC)
    return {{.folder = kUsualFolder, .root = "", .v2 = true}};
  auto mountinfo = read_file("/proc/self/mountinfo", kMaxMountinfo);
  return mountinfo ? parse_cgroup_mounts(*mountinfo) : std::vector<CgroupMount>();
}

}  // namespace

std::vector<CgroupMount> parse_cgroup_mounts(std::string_view mountinfo) {
  std::vector<CgroupMount> mounts;
  while (!mountinfo.empty()) {
    auto [line, rest, more] = cut(mountinfo, '\n');
    mountinfo = rest;
    CgroupMount mount;
    if (!parse_line(line, mount)) continue;
    auto same = std::find_if(mounts.begin(), mounts.end(), [&](const CgroupMount& other) {
      return other.v2 == mount.v2 && other.controllers == mount.controllers;
    });
    if (same == mounts.end()) mounts.push_back(std::move(mount));
    else if (same->root != "/" && mount.root == "/") *same = std::move(mount);
  }
  return mounts;
}

const std::vector<CgroupMount>& cgroup_mounts() {
  static const std::vector<CgroupMount> mounts = read_cgroup_mounts();
  return mounts;
}

bool lists_controller(std::string_view controllers, std::string_view name, char separator) {
  while (!controllers.empty()) {
    auto [one, rest, more] = cut(controllers, separator);
    if (one == name) return true;
    controllers = rest;
  }
  return false;
}

namespace {

Result<std::string> root_of(const CgroupMount& mount) {
  if (!mount.root.empty()) return mount.root;
  for (CgroupMount& read : parse_cgroup_mounts(TRY(read_file("/proc/self/mountinfo", kMaxMountinfo))))
    if (read.v2 == mount.v2 && read.folder == mount.folder) return std::move(read.root);
  return std::string("/");
}

}  // namespace

Result<std::string> own_cgroup_in(const CgroupMount& mount) {
  std::string root = TRY(root_of(mount));
  std::string text = TRY(read_file("/proc/self/cgroup"));
  for (const auto& line : split(text, '\n')) {
    auto [number, rest, found] = cut(line, ':');
    auto [controllers, path, also] = cut(rest, ':');
    bool same = mount.v2 ? number == "0" && controllers.empty()
                         : lists_controller(controllers, cut(mount.controllers, ',').before);
    if (!same || !path.starts_with('/')) continue;
    if (root == "/") return std::string(path);
    // Inside a container without a cgroup namespace the path starts at the machine's root, the mount further down.
    if (!path.starts_with(root)) return std::string("/");
    std::string_view below = path.substr(root.size());
    return std::string(below.starts_with('/') ? below : "/");
  }
  return fail(Code::unsupported, "this process has no cgroup in the hierarchy at {}", mount.folder);
}

}  // namespace gantry::linux
