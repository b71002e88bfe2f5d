#include "base/file.hpp"
#include "base/text.hpp"
#include "cdi/devices.hpp"
#include "engine/container_mounts.hpp"
#include "engine/health.hpp"
#include "engine/hooks_dirs.hpp"
#include "engine/host_files.hpp"
#include "engine/layered_tree.hpp"
#include "engine/listen_in.hpp"
#include "engine/monitor_process.hpp"
#include "engine/network_files.hpp"
#include "engine/networking.hpp"
#include "engine/root.hpp"
#include "engine/secret_mounts.hpp"
#include "engine/spec.hpp"
#include "engine/startup_health.hpp"
#include "engine/state.hpp"
#include "engine/storage.hpp"
#include "engine/user_files.hpp"
#include "engine/user_namespace.hpp"
#include "linux/cgroup.hpp"
#include "linux/path.hpp"
#include "linux/process.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

namespace gantry::engine {

namespace {

bool can_limit() {
  return geteuid() == 0 && linux::in_initial_user_namespace() && linux::cgroup_mode() != linux::CgroupMode::none;
}

Result<> check_mapped(const linux::IdMaps& maps, const oci::Identity& user) {
  auto inside = [](const std::vector<linux::IdMap>& ranges, std::uint32_t id) {
    return std::ranges::any_of(
        ranges, [id](const linux::IdMap& map) { return id >= map.inside && id - map.inside < map.count; });
  };
  if (inside(maps.uids, user.uid) && inside(maps.gids, user.gid)) return {};
  return fail(Code::unsupported, "user {}:{} does not exist in the container: it has too few ids", user.uid, user.gid)
      .with_cure("give yourself subordinate ids in /etc/subuid and /etc/subgid, or run as root in it: -u 0");
}

/// One start of a container whose lock is held.
class Start {
 public:
  Start(Engine::State& state, Held& held, Again again)
      : state_(state),
        record_(held.record),
        again_(again),
        folder_(state.run_folder(record_.id)),
        networking_(state, record_) {}

  Result<> run(Fd client, std::optional<linux::WindowSize> size) {
    run_fd_ = TRY(folder_.make());
    auto started = start(std::move(client), size);
    if (started) return started;
    best_effort(state_.release_networks(record_));
    best_effort(folder_.remove());
    return started;
  }

 private:
  Result<> start(Fd client, std::optional<linux::WindowSize> size) {
    root_ = TRY(Root::of(*TRY(state_.store()), record_));
    maps_ = TRY(user_maps(record_.config));
    TRY(start_needed());
    namespaces_ = TRY(resolve_namespaces(record_.config, maps_.has_value(),
                                         [this](const std::string& id) { return state_.running_pid(id); }));
    hostname_ = TRY(choose_hostname(record_.config, record_.id));
    TRY(networking_.prepare());
    TRY(networking_.join(namespaces_));
    files_ = TRY(write_network_files(record_.config, hostname_, record_.name, networking_.facts(), TRY(image_hosts()),
                                     folder_.path()));
    host_files_ = TRY(find_host_files(record_.config));
    std::ranges::copy(host_files_.mounts, std::back_inserter(files_));
    TRY(find_user());
    storage_ = TRY(find_storage({.config = record_.config,
                                 .store = *TRY(state_.store()),
                                 .volumes = state_.volumes(),
                                 .scratch = state_.folder(record_.id) + "/mounts",
                                 .user = user_,
                                 .maps = maps_}));
    secrets_ = TRY(find_secrets());
    request_.spec = TRY(make_spec(size));
    TRY(networking_.adapt(request_.spec));
    TRY(add_from_host(request_.spec));
    TRY(prepare_request());
    TRY(launch(std::move(client)));
    return record_start();
  }

  /// Containers that --requires names, and those whose namespaces are joined. None of them can need this one: they
  /// were there before it.
  Result<> start_needed() {
    for (const auto& id : needed_containers(record_.config)) {
      auto held = TRY(state_.hold(id));
      if (!held) return fail(Code::not_found, "container {}, which it needs, is gone", id.substr(0, 12));
      if (!held->container().running()) TRY(state_.start(*held, {}, {}));
    }
    return {};
  }

  /// What --hosts-file image begins with.
  Result<std::optional<std::string>> image_hosts() {
    if (record_.config.hosts_file != "image") return std::optional<std::string>();
    return TRY(LayeredTree::open(root_.tree)).read("/etc/hosts");
  }

  /// In the image's own files, read without mounting it, and with what the container has written since.
  Result<> find_user() {
    const ContainerConfig& config = record_.config;
    const LayeredTree tree = TRY(LayeredTree::open(root_.tree));
    UserFiles files;
    files.passwd = TRY(tree.read("/etc/passwd")).value_or("");
    files.group = TRY(tree.read("/etc/group")).value_or("");
    user_ = TRY(oci::resolve_user(config.user, config.groups, files.passwd, files.group));
    if (maps_) TRY(check_mapped(*maps_, user_));
    std::ranges::move(TRY(write_user_files(files, config, user_, folder_.path())), std::back_inserter(files_));
    return {};
  }

  Result<GivenSecrets> find_secrets() {
    return give_secrets({.config = record_.config,
                         .store = secrets::Secrets(state_.settings.root),
                         .folder = folder_.file("secrets"),
                         .maps = maps_});
  }

  /// What other software of the host wants in it: devices by CDI, hooks.
  Result<> add_from_host(oci::Spec& spec) {
    const ContainerConfig& config = record_.config;
    if (!config.cdi_devices.empty())
      TRY(cdi::add_devices(spec, config.cdi_devices,
                           config.cdi_spec_dirs.empty() ? cdi::default_folders() : config.cdi_spec_dirs));
    return add_hooks(spec, config);
  }

  Result<oci::Spec> make_spec(std::optional<linux::WindowSize> size) {
    std::ranges::copy(secrets_.mounts, std::back_inserter(storage_.mounts));
    std::ranges::copy(secrets_.env, std::back_inserter(host_files_.env));
    return build_spec({.config = record_.config,
                       .id = record_.id,
                       .hostname = hostname_,
                       .root = root_.overlay ? folder_.file("rootfs") : root_.path,
                       .root_mounts = root_.mounts,
                       .files = files_,
                       .user = user_,
                       .maps = maps_,
                       .namespaces = namespaces_,
                       .mounts = storage_.mounts,
                       .env = host_files_.env,
                       .limits = can_limit() && record_.config.cgroups != "disabled",
                       .window_size = size});
  }

  Result<> prepare_request() {
    // The overlay is mounted over it, in the container's mount namespace.
    if (root_.overlay) TRY(make_folders(folder_.file("rootfs")));
    request_.id = record_.id;
    request_.bundle = folder_.path();
    request_.overlay = root_.overlay;
    request_.maps_root = root_.own;
    request_.start_now = true;
    request_.reap = record_.config.init && record_.config.init_path.empty();
    request_.connect = [this](pid_t pid) { return networking_.connect(pid); };
    request_.overlays = storage_.overlays;
    request_.filled = storage_.filled;
    request_.preserve_fds = static_cast<int>(record_.config.preserve_fds);
    if (record_.config.cgroups == "disabled") request_.cgroup_use = runtime::CgroupUse::never;
    return {};
  }

  Result<> launch(Fd client) {
    const ContainerConfig& config = record_.config;
    const Settings& settings = state_.settings;
    MonitorJob job{.program = settings.monitor,
                   .title = record_.name,
                   .terminal = config.tty,
                   .input = config.interactive,
                   .input_ends_with_client = client.valid(),
                   .client = std::move(client)};
    job.listener = TRY(listen_in(run_fd_, kAttachSocket, SOCK_SEQPACKET, "the attach socket"));
    TRY(open_log(job));
    TRY(set_policies(job));
    job.folder = TRY(folder_.open_for_monitor());
    job.held = TRY(networking_.bundle_ports());
    job.cleanup = command_of_monitor("cleanup");
    job.start = [this](const Stdio& stdio) { return create_process(stdio); };
    job.undo = [this] { best_effort(runtime::remove(state_.runtime(), record_.id, true)); };
    return start_monitored(std::move(job));
  }

  std::vector<std::string> command_of_monitor(const char* verb) const {
    const Settings& settings = state_.settings;
    return {settings.program, "--root", settings.root, "--runroot", settings.run_root, "container", verb, record_.id};
  }

  Result<> open_log(MonitorJob& job) const {
    const Log& log = record_.config.log;
    if (log.driver == "none") return {};
    const std::string path = state_.log_path(record_);
    job.log = TRY(with_context(open_file(path, O_WRONLY | O_APPEND | O_CREAT, 0600), "open the log"));
    if (log.driver == "json-file") job.order.log_format = wire::LogFormat::json_file;
    if (log.max_size == 0) return {};
    const Halves halves = cut_last(path, '/');
    job.log_folder = TRY(open_folder(std::string(halves.before)));
    job.order.log_max_size = log.max_size;
    halves.after.copy(job.order.log_name, sizeof job.order.log_name - 1);
    return {};
  }

  Result<> set_policies(MonitorJob& job) const {
    constexpr std::int64_t kMillisecond = 1'000'000;
    const ContainerConfig& config = record_.config;
    const Restart& restart = config.restart;
    wire::MonitorOrder& order = job.order;
    if (restart.policy == "on-failure") order.restart_policy = wire::RestartPolicy::on_failure;
    if (restart.policy == "always" || restart.policy == "unless-stopped")
      order.restart_policy = wire::RestartPolicy::always;
    order.restart_tries = restart.tries;
    order.restarts = again_.restarts;
    order.restart_delay = again_.delay;
    order.timeout = std::uint64_t{config.timeout} * 1000;
    const Health& health = config.health;
    if (!has_health_check(health)) return {};
    // A file of an earlier run says nothing of this one.
    TRY(write_health(state_.health_path(record_.id), {}));
    TRY(reset_startup(state_.folder(record_.id)));
    if (health.interval <= 0) return {};
    order.probe_interval = static_cast<std::uint64_t>(std::max<std::int64_t>(health.interval / kMillisecond, 1));
    order.probe_start_interval = static_cast<std::uint64_t>(health.start_interval / kMillisecond);
    order.probe_start_period = static_cast<std::uint64_t>(health.start_period / kMillisecond);
    if (has_startup_check(config)) {
      // Until a probe succeeds, which it does not before the startup check has passed.
      order.probe_start_interval = static_cast<std::uint64_t>(config.startup_health.interval / kMillisecond);
      order.probe_start_period = UINT64_MAX >> 1;
    }
    job.probe = command_of_monitor("probe");
    return {};
  }

  /// In the process that becomes the monitor.
  Result<pid_t> create_process(const Stdio& stdio) {
    request_.stdio = stdio.fds;
    request_.console_socket = stdio.console_socket;
    const pid_t pid = TRY(runtime::create(state_.runtime(), request_));
    auto recorded = write_start_record(pid);
    if (recorded) return pid;
    best_effort(runtime::remove(state_.runtime(), record_.id, true));
    return std::move(recorded.error());
  }

  Result<> write_start_record(pid_t pid) {
    // Ours to reap, so it is there, if only as a zombie.
    const auto stat = linux::process_stat(pid);
    if (!stat) return fail(Code::failed, "the container's process {} is gone", pid);
    return folder_.write_start({.init = {pid, stat->start_time}, .time = now(), .boot_id = TRY(boot_id())});
  }

  Result<> record_start() {
    const auto start = folder_.start();
    if (!start) return fail(Code::failed, "the process that starts the container was killed");
    TRY(TRY(state_.records())->set_started(record_.id, start->time, again_.restarts));
    return notify_started(record_.config, start->init.pid);
  }

  Engine::State& state_;
  const Record& record_;
  Again again_;
  RunFolder folder_;
  Networking networking_;
  Fd run_fd_;
  Root root_;
  std::optional<linux::IdMaps> maps_;
  std::string hostname_;
  Namespaces namespaces_;
  Storage storage_;
  HostFiles host_files_;
  GivenSecrets secrets_;
  std::vector<Mount> files_;
  oci::Identity user_;
  runtime::CreateRequest request_;
};

}  // namespace

Result<> Engine::State::start(Held& held, Fd client, std::optional<linux::WindowSize> size, Again again) {
  const Status status = held.container().status;
  if (status == Status::removing)
    return fail(Code::busy, "container '{}' is being removed", held.record.name).with_cure("make a new one");
  TRY(check_not_mounted(settings, held.container()));
  // An earlier run that was not cleaned up, or a start that was killed.
  if (run_folder(held.record.id).exists()) TRY(settle(held));
  TRY(with_context(Start(*this, held, again).run(std::move(client), size), "cannot start '{}'", held.record.name));
  held.record.restarts = again.restarts;
  report(held.record, "start");
  return {};
}

Result<> Engine::start(const std::string& name) {
  TRY(state_->finish_interrupted());
  auto held = TRY(state_->hold_by_name(name));
  if (held.container().running()) return {};
  return state_->start(held, {}, {});
}

}  // namespace gantry::engine
