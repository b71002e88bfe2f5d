#include "runtime/delegation.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "runtime/mount_options.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>

namespace gantry::runtime {

namespace {

bool mounts_cgroup_writable(const oci::Spec& spec) {
  auto mount = std::ranges::find_if(
      spec.mounts, [](const oci::Mount& one) { return one.type == "cgroup" || one.type == "cgroup2"; });
  if (mount == spec.mounts.end()) return false;
  auto options = parse_mount_options(mount->options);
  return options && (options->flags.set & MOUNT_ATTR_RDONLY) == 0;
}

bool may_own_its_cgroup(const oci::Spec& spec) {
  const oci::Namespace* own = oci::find_namespace(spec, oci::NamespaceType::cgroup);
  return own != nullptr && own->path.empty() && mounts_cgroup_writable(spec);
}

/// What `inside` is called here; nothing: the user namespace of `pid` has no such user.
Result<std::optional<uid_t>> outside_id(pid_t pid, uid_t inside) {
  for (const auto& line : split(TRY(read_file(fmt::format("/proc/{}/uid_map", pid))), '\n')) {
    unsigned first = 0, outside = 0, count = 0;
    if (std::sscanf(line.c_str(), "%u %u %u", &first, &outside, &count) != 3) continue;
    if (inside >= first && inside - first < count) return outside + (inside - first);
  }
  return std::nullopt;
}

/// What the kernel says may be the container's: no limits, which are its parent's word.
std::vector<std::string> files_to_hand_over() {
  auto list = read_file("/sys/kernel/cgroup/delegate");
  if (!list) return {"cgroup.procs", "cgroup.subtree_control", "cgroup.threads"};  // before Linux 4.15
  std::vector<std::string> files;
  for (auto& name : split(*list, '\n'))
    if (!name.empty()) files.push_back(std::move(name));
  return files;
}

}  // namespace

Result<> delegate_cgroup(const linux::Cgroup& cgroup, const oci::Spec& spec, pid_t pid) {
  const std::string folder = cgroup.folder("");
  if (folder.empty() || linux::cgroup_mode() != linux::CgroupMode::v2 || !may_own_its_cgroup(spec)) return {};
  auto owner = TRY(outside_id(pid, spec.process->user.uid));
  if (!owner || *owner == geteuid()) return {};  // becoming a user that is not there fails, and says so
  Fd opened = TRY(open_file(folder, O_PATH | O_DIRECTORY));
  const auto no_group = static_cast<gid_t>(-1);
  if (fchownat(opened.get(), "", *owner, no_group, AT_EMPTY_PATH) < 0)
    return Error::system("give cgroup {} to user {}", folder, *owner);
  for (const auto& file : files_to_hand_over())
    if (fchownat(opened.get(), file.c_str(), *owner, no_group, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
      return Error::system("give {}/{} to user {}", folder, file, *owner);
  return {};
}

}  // namespace gantry::runtime
