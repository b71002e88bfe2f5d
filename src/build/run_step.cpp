#include "build/run_step.hpp"

#include "archive/file_reading.hpp"
#include "base/file.hpp"
#include "base/id.hpp"
#include "build/run_mounts.hpp"
#include "build/step_network.hpp"
#include "build/watcher.hpp"
#include "engine/layered_tree.hpp"
#include "engine/network_files.hpp"
#include "engine/spec.hpp"
#include "linux/idmap.hpp"
#include "linux/path.hpp"
#include "linux/process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

namespace gantry::build {

namespace {

constexpr const char* kHostname = "build";

/// What a container mounts something on stays behind as an empty file or folder. This remembers what was not there
/// before, and takes it away again, with the copies of folders that it brought into the upper layer.
class MountPoints {
 public:
  static Result<MountPoints> look(const Workspace& place, const std::vector<oci::Mount>& mounts) {
    MountPoints points;
    Fd root = TRY(place.open());
    Fd upper = TRY(open_file(place.tree().front(), O_PATH | O_DIRECTORY));
    for (const auto& mount : mounts) points.look_at(root, upper, linux::clean_path(mount.destination));
    return points;
  }

  Result<> take_away(const Workspace& place) const {
    if (missing_.empty()) return {};
    Fd root = TRY(place.open());
    // What is below comes first.
    for (auto path = missing_.rbegin(); path != missing_.rend(); ++path) remove_empty(root, *path);
    root.close();
    Fd upper = TRY(open_file(place.tree().front(), O_PATH | O_DIRECTORY));
    for (auto folder = copied_.rbegin(); folder != copied_.rend(); ++folder) remove_copy(upper, *folder);
    return {};
  }

 private:
  struct Folder {
    std::string path;
    struct stat info {};
  };

  void look_at(const Fd& root, const Fd& upper, const std::string& path) {
    if (path == "/") return;
    look_at(root, upper, path.rfind('/') == 0 ? "/" : path.substr(0, path.rfind('/')));
    if (std::ranges::find(missing_, path) != missing_.end()) return;
    auto there = linux::open_in_root(root, path, O_PATH);
    Folder folder{.path = path};
    if (!there) missing_.push_back(path);
    else if (fstat(there->get(), &folder.info) == 0 && S_ISDIR(folder.info.st_mode) &&
             !linux::open_in_root(upper, path, O_PATH))
      copied_.push_back(std::move(folder));
  }

  static void remove_empty(const Fd& root, const std::string& path) {
    const auto slash = path.rfind('/');
    auto above = linux::open_in_root(root, path.substr(0, slash), O_PATH | O_DIRECTORY);
    if (!above) return;
    const std::string name = path.substr(slash + 1);
    struct stat info;
    if (fstatat(above->get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) < 0) return;
    if (S_ISDIR(info.st_mode)) unlinkat(above->get(), name.c_str(), AT_REMOVEDIR);
    else if (S_ISREG(info.st_mode) && info.st_size == 0) unlinkat(above->get(), name.c_str(), 0);
  }

  /// An empty folder that says nothing which the layers below do not say.
  static void remove_copy(const Fd& upper, const Folder& folder) {
    auto there = linux::open_in_root(upper, folder.path, O_RDONLY | O_DIRECTORY);
    struct stat info;
    if (!there || fstat(there->get(), &info) < 0) return;
    const bool is_same =
        info.st_mode == folder.info.st_mode && info.st_uid == folder.info.st_uid && info.st_gid == folder.info.st_gid;
    const auto xattrs = archive::read_xattrs(*there);
    if (is_same && xattrs && !xattrs->overlay_opaque) remove_empty(upper, folder.path);
  }

  std::vector<std::string> missing_;  ///< folders before what is in them
  std::vector<Folder> copied_;        ///< folders of layers below that were not in the upper one
};

class Run {
 public:
  Run(const RunStep& step, const Situation& situation, const Workspace& place)
      : step_(step), situation_(situation), settings_(situation.settings), place_(place) {}

  Result<ExitStatus> run(const Fd& out) {
    TRY(make_mount_namespace());
    TRY(make_config());
    TRY(make_workdir());
    TRY(make_request(out));
    const auto points = TRY(MountPoints::look(place_, request_.spec.mounts));
    auto ended = run_container();
    TRY(points.take_away(place_));
    return ended;
  }

 private:
  /// So that what is mounted for the step ends with this process.
  static Result<> make_mount_namespace() {
    if (unshare(CLONE_NEWNS) < 0) return Error::system("make a mount namespace");
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0)
      return Error::system("cut the mount namespace off");
    return {};
  }

  Result<> make_config() {
    config_ = settings_.container;
    config_.command = step_.argv;
    config_.env = step_.env;
    config_.env.insert(config_.env.end(), step_.hidden_env.begin(), step_.hidden_env.end());
    config_.workdir = step_.workdir;
    config_.user = step_.user;
    choose_network();
    config_.hostname = kHostname;
    if (step_.insecure) {
      if (!settings_.allows_insecure)
        return fail(Code::denied, "RUN --security=insecure is not allowed")
            .with_cure("allow it: --allow security.insecure");
      config_.privileged = true;
    }
    auto prepared = TRY(prepare_mounts(step_, situation_, place_));
    config_.mounts.insert(config_.mounts.end(), prepared.mounts.begin(), prepared.mounts.end());
    config_.env.insert(config_.env.end(), prepared.env.begin(), prepared.env.end());
    locks_ = std::move(prepared.locks);
    return add_script();
  }

  void choose_network() {
    if (step_.network == dockerfile::RunNetwork::standard) return;
    config_.network = step_.network == dockerfile::RunNetwork::host ? "host" : "none";
    config_.networks.clear();
  }

  Result<> add_script() {
    if (step_.script.empty()) return {};
    const std::string path = place_.folder() + "/script";
    Fd file = TRY(open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0755));
    if (fchmod(file.get(), 0755) < 0) return Error::system("set the mode of {}", path);
    TRY(write_all(file, step_.script, path));
    config_.mounts.push_back({"bind", path, kScriptPath, {"bind", "ro"}});
    return {};
  }

  Result<> make_workdir() {
    Fd root = TRY(place_.open());
    TRY(with_context(linux::open_or_make_in_root(root, config_.workdir, linux::NodeKind::folder),
                     "the working directory"));
    return {};
  }

  Result<oci::Identity> find_user() {
    const auto layers = place_.tree();
    const auto tree = TRY(engine::LayeredTree::open(layers));
    const auto passwd = TRY(tree.read("/etc/passwd"));
    const auto group = TRY(tree.read("/etc/group"));
    return oci::resolve_user(config_.user, config_.groups, passwd.value_or(""), group.value_or(""));
  }

  Result<std::vector<engine::Mount>> network_files() {
    auto files = TRY(
        engine::write_network_files(config_, kHostname, kHostname, network_->facts(), std::nullopt, place_.folder()));
    if (settings_.add_hosts.empty()) return files;
    Fd hosts = TRY(open_file(place_.folder() + "/hosts", O_WRONLY | O_APPEND | O_CREAT, 0644));
    for (const auto& line : settings_.add_hosts) TRY(write_all(hosts, line + "\n", "/etc/hosts"));
    return files;
  }

  Result<> make_request(const Fd& out) {
    request_.id = "build-" + random_hex(16);
    request_.bundle = place_.folder();
    TRY(make_folders(place_.root()));
    network_.emplace(TRY(StepNetwork::prepare(settings_.engine, config_, request_.id)));
    request_.connect = [this](pid_t pid) { return network_->connect(pid); };
    auto files = TRY(network_files());
    auto user = TRY(find_user());
    const engine::SpecInput input{.config = config_,
                                  .id = request_.id,
                                  .hostname = kHostname,
                                  .root = place_.root(),
                                  .root_mounts = {},
                                  .files = std::move(files),
                                  .user = std::move(user),
                                  .maps = {},
                                  .namespaces = {.network = {.own = config_.network != "host"}},
                                  .mounts = config_.mounts,
                                  .limits = settings_.limits,
                                  .window_size = {}};
    request_.spec = TRY(engine::build_spec(input));
    if (!linux::in_initial_user_namespace()) fit_user_namespace();
    request_.overlay = place_.overlay();
    request_.start_now = true;
    request_.reap = true;
    nothing_ = TRY(open_file("/dev/null", O_RDONLY));
    request_.stdio = {nothing_.get(), out.get(), out.get()};
    return {};
  }

  /// We are in the user namespace already, and the host's network is not ours: its sysfs can only be bound.
  void fit_user_namespace() {
    if (config_.network != "host") return;
    for (auto& mount : request_.spec.mounts)
      if (mount.destination == "/sys")
        mount = {"/sys", "bind", "/sys", {"rbind", "nosuid", "noexec", "nodev", "ro", "rslave"}};
    std::erase_if(request_.spec.mounts, [](const oci::Mount& mount) { return mount.destination == "/sys/fs/cgroup"; });
  }

  Result<ExitStatus> run_container() {
    const auto watcher = TRY(Watcher::start([this] { return clean_up(); }));
    auto ended = wait_for_container();
    TRY(clean_up());
    return ended;
  }

  Result<ExitStatus> wait_for_container() {
    const pid_t pid = TRY(runtime::create(settings_.runtime, request_));
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
      if (errno != EINTR) return Error::system("wait for process {}", pid);
    return exit_status_of_wait(status);
  }

  /// Whatever was done of it.
  Result<> clean_up() const {
    TRY(runtime::remove(settings_.runtime, request_.id, true));
    return network_->release();
  }

  const RunStep& step_;
  const Situation& situation_;
  const Settings& settings_;
  const Workspace& place_;
  engine::ContainerConfig config_;
  std::vector<Lock> locks_;
  std::optional<StepNetwork> network_;
  runtime::CreateRequest request_;
  Fd nothing_;
};

}  // namespace

Result<ExitStatus> run_step(const RunStep& step, const Situation& situation, const Workspace& place, const Fd& out) {
  return Run(step, situation, place).run(out);
}

}  // namespace gantry::build
