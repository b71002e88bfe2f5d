#include "linux/cgroup.hpp"

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "linux/cgroup_mounts.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ranges>

namespace gantry::linux {

namespace {

/// "/a//b/" becomes "/a/b". What leads out of its place or names no cgroup of its own is refused.
Result<std::string> clean_path(const std::string& path) {
  std::string clean;
  for (const auto& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == ".." || part.find_first_of(std::string_view("\0\n", 2)) != std::string::npos)
      return fail(Code::invalid, "'{}' is not the path of a cgroup", path).with_cure("use a path without '..'");
    clean.append("/").append(part);
  }
  if (clean.empty()) return fail(Code::invalid, "'{}' names the root cgroup", path).with_cure("name one below it");
  return clean;
}

Result<std::string> folder_in(const CgroupMount& mount, const std::string& path, const std::string& clean) {
  if (path.starts_with('/')) return mount.folder + clean;
  std::string own = TRY(own_cgroup_in(mount));
  return mount.folder + (own == "/" ? "" : own) + clean;
}

std::string parent_of(const std::string& folder) { return folder.substr(0, folder.rfind('/')); }

/// mkdir -p below the mount `top`; remembers what it made.
Result<> make_folder(const std::string& top, const std::string& folder, std::vector<std::string>& made) {
  bool there = mkdir(folder.c_str(), 0755) == 0;
  if (!there && errno == ENOENT && folder != top) {
    TRY(make_folder(top, parent_of(folder), made));
    there = mkdir(folder.c_str(), 0755) == 0;
  }
  if (there) made.push_back(folder);
  else if (errno != EEXIST)
    return Error::system("create cgroup {}", folder)
        .with_cure("this takes root, or a cgroup that root has delegated to you, on a writable mount");
  return {};
}

/// A new cpuset of v1 has no processor and no memory node, so that nothing can join it. Gives the value of `file`.
Result<std::string> seed_cpuset(const std::string& folder, const std::string& file, const std::string& top) {
  std::string value(trim(TRY(read_file(fmt::format("{}/{}", folder, file)))));
  if (!value.empty() || folder == top) return value;
  value = TRY(seed_cpuset(parent_of(folder), file, top));
  TRY(write_value(fmt::format("{}/{}", folder, file), value));
  return value;
}

std::string enabled_in(const std::string& v2_folder) {
  auto text = read_file(v2_folder + "/cgroup.controllers");
  return text ? std::string(trim(*text)) : std::string();
}

/// Enables controllers for the cgroup `folder` in those above it. As far as it goes: has() tells the result.
void enable_controllers(const std::string& top, const std::string& folder, std::span<const std::string_view> wanted) {
  std::string ready = enabled_in(folder);
  std::vector<std::string_view> missing;
  for (auto name : wanted)
    if (!lists_controller(ready, name, ' ')) missing.push_back(name);
  if (missing.empty()) return;
  for (auto end = top.size(); end != std::string::npos && end < folder.size(); end = folder.find('/', end + 1)) {
    std::string above = folder.substr(0, end);
    std::string available = enabled_in(above);
    for (auto name : missing) {
      if (!lists_controller(available, name, ' ')) continue;
      // One by one: a write of several does nothing when one of them is refused.
      auto done = write_value(above + "/cgroup.subtree_control", fmt::format("+{}", name));
      if (!done) log::debug("cgroup controller {}: {}", name, done.error().message());
    }
  }
}

bool any_listed(const CgroupMount& mount, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [&](auto name) { return lists_controller(mount.controllers, name); });
}

Error no_controller(std::string_view controller, const std::string& path) {
  return fail(Code::unsupported, "cgroup {} has no controller '{}'", path, controller)
      .with_cure("the kernel must have it, and it must be enabled in cgroup.subtree_control of the cgroups above");
}

}  // namespace

CgroupMode cgroup_mode() {
  const auto& mounts = cgroup_mounts();
  bool v2 = std::ranges::any_of(mounts, &CgroupMount::v2);
  bool v1 = !std::ranges::all_of(mounts, &CgroupMount::v2);
  if (v1) return v2 ? CgroupMode::hybrid : CgroupMode::v1;
  return v2 ? CgroupMode::v2 : CgroupMode::none;
}

Result<std::vector<std::string>> cgroup_controllers() {
  std::vector<std::string> names;
  for (const auto& mount : cgroup_mounts()) {
    std::string list =
        mount.v2 ? std::string(trim(TRY(read_file(mount.folder + "/cgroup.controllers")))) : mount.controllers;
    for (auto& name : split(list, mount.v2 ? ' ' : ','))
      if (!name.empty()) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

Result<std::string> own_cgroup(std::string_view controller) {
  for (const auto& mount : cgroup_mounts())
    if (controller.empty() ? mount.v2 : lists_controller(mount.controllers, controller)) return own_cgroup_in(mount);
  return fail(Code::unsupported, "no cgroup hierarchy of '{}' is mounted", controller.empty() ? "cgroup2" : controller);
}

Result<Cgroup> Cgroup::create(const std::string& path, std::span<const std::string_view> controllers) {
  if (cgroup_mounts().empty())
    return fail(Code::unsupported, "no cgroup file system is mounted").with_cure("mount one at /sys/fs/cgroup");
  Cgroup cgroup(path);
  std::vector<std::string> made;
  auto done = cgroup.make_parts(controllers, made);
  if (done) return cgroup;
  for (const auto& folder : made | std::views::reverse) rmdir(folder.c_str());
  return std::move(done.error());
}

Result<> Cgroup::make_parts(std::span<const std::string_view> controllers, std::vector<std::string>& made) {
  std::string clean = TRY(clean_path(path_));
  const CgroupMount* v2 = nullptr;
  for (const auto& mount : cgroup_mounts()) {
    if (!mount.v2 && !any_listed(mount, controllers)) continue;
    if (mount.v2) v2 = &mount;
    std::string folder = TRY(folder_in(mount, path_, clean));
    TRY(make_folder(mount.folder, folder, made));
    if (lists_controller(mount.controllers, "cpuset")) {
      TRY(seed_cpuset(folder, "cpuset.cpus", mount.folder));
      TRY(seed_cpuset(folder, "cpuset.mems", mount.folder));
    }
    parts_.push_back({std::move(folder), mount.controllers, mount.v2});
  }
  if (parts_.empty()) return fail(Code::unsupported, "no cgroup controller that was asked for is mounted");
  if (v2 == nullptr) return {};
  std::vector<std::string_view> rest;
  for (auto name : controllers)
    if (!part_of(name) || part_of(name)->v2) rest.push_back(name);
  if (!rest.empty()) enable_controllers(v2->folder, part_of("")->folder, rest);
  return {};
}

Result<Cgroup> Cgroup::open(const std::string& path) {
  std::string clean = TRY(clean_path(path));
  Cgroup cgroup(path);
  for (const auto& mount : cgroup_mounts()) {
    std::string folder = TRY(folder_in(mount, path, clean));
    if (path_exists(folder)) cgroup.parts_.push_back({std::move(folder), mount.controllers, mount.v2});
  }
  if (cgroup.parts_.empty()) return fail(Code::not_found, "there is no cgroup {}", path);
  return cgroup;
}

Result<Cgroup> Cgroup::from_folders(const std::string& path, std::span<const std::string> folders) {
  Cgroup cgroup(path);
  for (const auto& folder : folders) {
    auto mount = std::ranges::find_if(cgroup_mounts(), [&](const CgroupMount& candidate) {
      return folder.size() > candidate.folder.size() + 1 && folder.starts_with(candidate.folder + "/");
    });
    if (mount == cgroup_mounts().end()) return fail(Code::not_found, "{} is not below a cgroup mount", folder);
    cgroup.parts_.push_back({folder, mount->controllers, mount->v2});
  }
  if (cgroup.parts_.empty()) return fail(Code::invalid, "cgroup {} has no folder", path);
  return cgroup;
}

std::vector<std::string> Cgroup::folders() const {
  std::vector<std::string> folders;
  for (const Part& part : parts_) folders.push_back(part.folder);
  return folders;
}

const Cgroup::Part* Cgroup::part_of(std::string_view controller) const {
  const Part* v2 = nullptr;
  for (const Part& part : parts_) {
    if (part.v2) v2 = &part;
    else if (lists_controller(part.controllers, controller)) return &part;
  }
  return v2;
}

bool Cgroup::has(std::string_view controller) const {
  const Part* part = part_of(controller);
  if (part == nullptr) return false;
  return !part->v2 || controller.empty() || lists_controller(enabled_in(part->folder), controller, ' ');
}

std::string Cgroup::folder(std::string_view controller) const {
  return has(controller) ? part_of(controller)->folder : std::string();
}

bool Cgroup::is_v2(std::string_view controller) const {
  const Part* part = part_of(controller);
  return part != nullptr && part->v2;
}

Result<Fd> Cgroup::unified() const {
  const Part* part = part_of("");
  if (part == nullptr) return Fd();
  return open_file(part->folder, O_PATH | O_DIRECTORY);
}

Result<> Cgroup::add(pid_t pid, CgroupParts parts) const {
  for (const Part& part : parts_)
    if (part.v2 ? parts.v2 : parts.v1)
      TRY(with_context(write_value(part.folder + "/cgroup.procs", std::to_string(pid)),
                       "move process {} into cgroup {}", pid, path_));
  return {};
}

Result<std::vector<Fd>> Cgroup::v1_lists() const {
  std::vector<Fd> lists;
  for (const Part& part : parts_)
    if (!part.v2) lists.push_back(TRY(open_file(part.folder + "/tasks", O_WRONLY)));
  return lists;
}

Result<> enter_v1(std::span<const Fd> lists) {
  for (const Fd& list : lists)
    if (::write(list.get(), "0", 1) < 0) return Error::system("enter a cgroup");
  return {};
}

Result<> Cgroup::write(std::string_view controller, const std::string& file, std::string_view value) const {
  const Part* part = part_of(controller);
  if (part == nullptr) return no_controller(controller, path_);
  auto written = write_value(fmt::format("{}/{}", part->folder, file), value);
  if (!written && written.error().code() == Code::not_found && !has(controller))
    return no_controller(controller, path_);
  return written;
}

Result<std::string> Cgroup::read(std::string_view controller, const std::string& file) const {
  const Part* part = part_of(controller);
  if (part == nullptr) return no_controller(controller, path_);
  auto text = read_file(fmt::format("{}/{}", part->folder, file));
  if (!text && text.error().code() == Code::not_found && !has(controller)) return no_controller(controller, path_);
  return text;
}

}  // namespace gantry::linux
