#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "linux/path.hpp"
#include "linux/process.hpp"
#include "runtime/checkpoint_image.hpp"
#include "runtime/mount_options.hpp"
#include "runtime/state_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::runtime {

namespace {

Result<> make_folder(const std::string& path) {
  if (mkdir(path.c_str(), 0700) < 0 && errno != EEXIST) return Error::system("make folder {}", path);
  return {};
}

/// A node of the host's /dev that is bound, as in a user namespace: "dev" of "… - devtmpfs dev rw".
std::vector<std::string> bound_devices(std::string_view mountinfo) {
  std::vector<std::string> paths;
  for (const auto& line : split(mountinfo, '\n')) {
    auto fields = split(line, ' ');
    if (fields.size() > 6 && line.find(" - devtmpfs ") != std::string::npos) paths.push_back(fields[4]);
  }
  return paths;
}

/// The mounts that are the host's, as "mnt[MOUNT POINT]:NAME".
Result<std::vector<std::string>> outer_mounts(const oci::Spec& spec, pid_t pid) {
  std::vector<std::string> outer;
  auto add = [&](const std::string& path, std::string_view name) {
    outer.push_back(fmt::format("mnt[{}]:{}", path, name));
  };
  for (const auto& mount : spec.mounts) {
    if (TRY(mount_options_of(mount)).bind != MountOptions::Bind::no)
      add(linux::clean_path(mount.destination), linux::clean_path(mount.destination));
  }
  for (const auto& path : bound_devices(TRY(read_file(fmt::format("/proc/{}/mountinfo", pid))))) add(path, path);
  if (!spec.linux) return outer;
  Fd root = TRY(open_file(fmt::format("/proc/{}/root", pid), O_PATH | O_DIRECTORY));
  for (const auto& path : spec.linux->masked_paths) {
    // A folder's mask is a tmpfs of the container's own.
    struct stat info;
    auto masked = linux::open_in_root(root, path, O_PATH);
    if (masked && fstat(masked->get(), &info) == 0 && S_ISCHR(info.st_mode)) add(linux::clean_path(path), kNull);
  }
  return outer;
}

Result<std::vector<std::string>> outer_namespaces(const oci::Spec& spec, pid_t pid) {
  std::vector<std::string> outer;
  for (const auto& shared : kSharedNamespaces) {
    const oci::Namespace* space = oci::find_namespace(spec, shared.type);
    if (space == nullptr || space->path.empty()) continue;
    struct stat info;
    std::string path = fmt::format("/proc/{}/ns/{}", pid, shared.file);
    if (stat(path.c_str(), &info) < 0) return Error::system("look at {}", path);
    outer.push_back(fmt::format("{}[{}]:{}", shared.file, info.st_ino, shared.name));
  }
  return outer;
}

Result<> write_descriptors(const std::string& images, pid_t pid) {
  Descriptors descriptors(3);
  for (std::size_t fd = 0; fd < descriptors.size(); ++fd)
    if (auto target = read_link(fmt::format("/proc/{}/fd/{}", pid, fd))) descriptors[fd] = std::move(*target);
  return replace_file(fmt::format("{}/{}", images, kDescriptorsFile), json::encode(descriptors), 0600, Sync::no);
}

/// v2: the whole cgroup; CRIU thaws it in the end.
std::string freezer_of(const Record& record) {
  auto cgroup = cgroup_of(record);
  return cgroup && *cgroup ? (*cgroup)->folder("") : "";
}

}  // namespace

Result<> check_criu_host() {
  if (geteuid() != 0) return fail(Code::denied, "CRIU saves and restores containers of root only");
  if (linux::cgroup_mode() != linux::CgroupMode::v2)
    return fail(Code::unsupported, "checkpoints are made on hosts with cgroup v2 alone")
        .with_cure("boot it with systemd.unified_cgroup_hierarchy=1, or use runc");
  return {};
}

Result<> checkpoint(const Settings& settings, const std::string& id, criu::Options options, bool memory_only) {
  TRY(check_criu_host());
  StateFolder folder = TRY(StateFolder::open(settings, id));
  Record record = TRY(folder.read());
  if (auto status = status_of(folder, record); status != oci::Status::running)
    return fail(Code::invalid, "container '{}' is {}, not running", id, oci::name_of(status));
  oci::Spec spec = TRY(folder.read_config());

  TRY(make_folder(options.images));
  TRY(make_folder(options.work));
  options.log = "dump.log";
  options.pid = record.pid;
  options.root = "/";
  options.freezer = freezer_of(record);
  options.track_memory = memory_only;
  options.terminals_of_others = spec.process->terminal;
  options.external = TRY(outer_mounts(spec, record.pid));
  for (auto& space : TRY(outer_namespaces(spec, record.pid))) options.external.push_back(std::move(space));
  TRY(write_descriptors(options.images, record.pid));
  criu::Service service = TRY(criu::Service::start(memory_only ? criu::Task::pre_dump : criu::Task::dump, options));
  auto take_no_terminal = [](const Fd&) { return Result<>(); };
  TRY(service.perform(options, take_no_terminal));
  return {};
}

}  // namespace gantry::runtime
