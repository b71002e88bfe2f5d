#include "runtime/state_folder.hpp"

#include "base/json.hpp"
#include "linux/process.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace gantry::runtime {

namespace {

constexpr const char* kStateFile = "/state.json";
constexpr const char* kConfigFile = "/config.json";

/// Folders of ours that are no containers.
bool is_container(const std::string& name) { return !name.starts_with('.'); }

}  // namespace

Result<> check_id(const std::string& id) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_+.-").find(c) != std::string_view::npos;
  };
  // The first character keeps "." and "..", and folders of our own, apart from ids.
  if (id.empty() || id.size() > 255 || id.front() == '.' || !std::all_of(id.begin(), id.end(), allowed))
    return fail(Code::invalid, "'{}' is not a container id", id)
        .with_cure("use up to 255 letters, digits and _ + . -, the first not a dot");
  return {};
}

Result<StateFolder> StateFolder::make(const Settings& settings, const std::string& id) {
  TRY(check_id(id));
  std::string path = settings.root + "/" + id;
  TRY(make_folders(settings.root, 0711));
  if (mkdir(path.c_str(), 0700) < 0) {
    if (errno == EEXIST)
      return fail(Code::exists, "container '{}' exists already", id).with_cure("delete it, or choose another id");
    return Error::system("create folder {}", path);
  }
  auto lock = Lock::take(path, Lock::Mode::exclusive);
  if (!lock) rmdir(path.c_str());
  return StateFolder(id, path, TRY(std::move(lock)));
}

Result<StateFolder> StateFolder::open(const Settings& settings, const std::string& id) {
  TRY(check_id(id));
  std::string path = settings.root + "/" + id;
  auto lock = Lock::take(path, Lock::Mode::exclusive);
  // It may have gone while we waited for it.
  if ((!lock && lock.error().code() == Code::not_found) || (lock && !path_exists(path)))
    return fail(Code::not_found, "container '{}' does not exist", id);
  return StateFolder(id, path, TRY(std::move(lock)));
}

Result<std::vector<std::string>> StateFolder::ids(const Settings& settings) {
  auto names = list_folder(settings.root);
  if (!names && names.error().code() == Code::not_found) return std::vector<std::string>();
  std::vector<std::string> ids = TRY(std::move(names));
  std::erase_if(ids, [](const std::string& name) { return !is_container(name); });
  std::sort(ids.begin(), ids.end());
  return ids;
}

Result<> StateFolder::write(const Record& record) const {
  return replace_file(path_ + kStateFile, json::encode(record), 0600, Sync::no);
}

Result<Record> StateFolder::read() const {
  auto text = read_file(path_ + kStateFile);
  // Killed before the first record: nothing but the folder is there.
  if (!text && text.error().code() == Code::not_found) return Record{.id = id_};
  return json::decode<Record>(TRY(std::move(text)), path_ + kStateFile);
}

Result<> StateFolder::write_config(const oci::Spec& spec) const {
  return replace_file(path_ + kConfigFile, json::encode(spec), 0600, Sync::no);
}

Result<oci::Spec> StateFolder::read_config() const {
  auto text = read_file(path_ + kConfigFile);
  if (!text && text.error().code() == Code::not_found) return oci::Spec{};
  return oci::parse_spec(TRY(std::move(text)), path_ + kConfigFile);
}

Result<> StateFolder::remove() const { return remove_tree(path_); }

oci::Status status_of(const StateFolder& folder, const Record& record) {
  if (record.pid == 0 || !linux::process_alive(record.pid, record.start_time)) return oci::Status::stopped;
  if (path_exists(folder.start_socket())) return oci::Status::created;
  auto cgroup = cgroup_of(record);
  if (cgroup && *cgroup && (*cgroup)->frozen().value_or(false)) return oci::Status::paused;
  return oci::Status::running;
}

Result<std::optional<linux::Cgroup>> cgroup_of(const Record& record) {
  if (std::ranges::none_of(record.cgroup_folders, path_exists)) return std::nullopt;
  return TRY(linux::Cgroup::from_folders(record.cgroup, record.cgroup_folders));
}

std::string cgroup_path(const oci::Spec& spec, const std::string& id) {
  if (spec.linux && !spec.linux->cgroups_path.empty()) return spec.linux->cgroups_path;
  return "/gantry/" + id;
}

oci::State make_state(const Record& record, oci::Status status, const oci::Spec& spec) {
  bool stopped = status == oci::Status::stopped;
  return {std::string(oci::kRuntimeSpecVersion),
          record.id,
          status,
          stopped ? 0 : record.pid,
          record.bundle,
          spec.annotations};
}

}  // namespace gantry::runtime
