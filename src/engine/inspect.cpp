#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/health.hpp"
#include "engine/inspect_network.hpp"
#include "engine/state.hpp"
#include "linux/btrfs.hpp"
#include "linux/process.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>

#include <algorithm>

// Field names and values are podman's; where docker's differ in form, docker's clients accept podman's.

namespace gantry::engine {

namespace {

using boost::json::array;
using boost::json::object;

array strings(const std::vector<std::string>& values) {
  array list;
  for (const auto& value : values) list.emplace_back(value);
  return list;
}

object string_map(const std::map<std::string, std::string>& values) {
  object map;
  for (const auto& [key, value] : values) map[key] = value;
  return map;
}

std::string time_text(Timestamp time) { return time == 0 ? "0001-01-01T00:00:00Z" : to_rfc3339(time); }

object state_of(const Container& container) {
  // docker and podman say 0 until the end; -1 is ours for an end that nobody saw.
  const bool ended = container.status == Status::exited;
  return {{"Status", status_name(container.status)},
          {"Running", container.running()},
          {"Paused", container.status == Status::paused},
          {"Restarting", container.status == Status::restarting},
          {"OOMKilled", container.oom_killed},
          {"Dead", false},
          {"Pid", container.pid},
          {"ExitCode", ended ? container.exit_code.value_or(-1) : 0},
          {"Error", ""},
          {"StartedAt", time_text(container.started)},
          {"FinishedAt", time_text(container.finished)}};
}

bool has(const Mount& mount, std::string_view option) {
  return std::ranges::find(mount.options, option) != mount.options.end();
}

array mounts_of(const ContainerConfig& config, const Volumes& volumes) {
  array mounts;
  for (const Mount& mount : config.mounts) {
    if (mount.type != "bind" && mount.type != "volume" && mount.type != "image") continue;
    std::string propagation;
    for (const char* word : {"private", "rprivate", "slave", "rslave", "shared", "rshared"})
      if (has(mount, word)) propagation = word;
    const bool is_volume = mount.type == "volume";
    object one{{"Type", mount.type},
               {"Source", is_volume ? volumes.data(mount.source) : mount.source},
               {"Destination", mount.target},
               {"Driver", is_volume ? "local" : ""},
               {"Mode", ""},
               {"Options", strings(mount.options)},
               {"RW", mount.type == "image" ? has(mount, "rw") : !has(mount, "ro") && !has(mount, "rro")},
               {"Propagation", propagation}};
    if (is_volume) one["Name"] = mount.source;
    mounts.emplace_back(std::move(one));
  }
  return mounts;
}

object config_of(const Container& container) {
  const ContainerConfig& config = container.config;
  const auto signal = linux::parse_signal(config.stop_signal);
  return {{"Hostname", config.hostname.empty() ? container.id.substr(0, 12) : config.hostname},
          {"Domainname", ""},
          {"User", config.user},
          {"AttachStdin", config.interactive && !config.detach},
          {"AttachStdout", !config.detach},
          {"AttachStderr", !config.detach},
          {"Tty", config.tty},
          {"OpenStdin", config.interactive},
          {"StdinOnce", config.interactive && !config.detach},
          {"Env", strings(config.env)},
          {"Cmd", strings(config.command)},
          {"Image", container.image_name},
          {"Volumes", nullptr},
          {"WorkingDir", config.workdir.empty() ? "/" : config.workdir},
          {"Entrypoint", strings(config.entrypoint.value_or(std::vector<std::string>{}))},
          {"OnBuild", nullptr},
          {"Labels", string_map(config.labels)},
          {"StopSignal", signal.value_or(0)},
          {"StopTimeout", config.stop_timeout}};
}

array binds_of(const ContainerConfig& config) {
  array binds;
  for (const Mount& mount : config.mounts) {
    if (mount.type != "bind" && mount.type != "volume") continue;
    std::string text = mount.source + ":" + mount.target;
    for (std::size_t i = 0; i < mount.options.size(); ++i) text += (i == 0 ? ":" : ",") + mount.options[i];
    binds.emplace_back(text);
  }
  return binds;
}

object tmpfs_of(const ContainerConfig& config) {
  object all;
  for (const Mount& mount : config.mounts) {
    if (mount.type != "tmpfs") continue;
    std::string text;
    for (const auto& option : mount.options) text += (text.empty() ? "" : ",") + option;
    all[mount.target] = text;
  }
  return all;
}

array security_options_of(const ContainerConfig& config) {
  array options;
  if (config.no_new_privileges) options.emplace_back("no-new-privileges");
  if (!config.apparmor.empty()) options.emplace_back("apparmor=" + config.apparmor);
  for (const auto& label : config.label_options) options.emplace_back("label=" + label);
  if (!config.seccomp.empty()) options.emplace_back("seccomp=" + config.seccomp);
  for (const auto& path : config.mask) options.emplace_back("mask=" + path);
  for (const auto& path : config.unmask) options.emplace_back("unmask=" + path);
  return options;
}

array ulimits_of(const ContainerConfig& config) {
  array limits;
  for (const auto& limit : config.ulimits)
    limits.emplace_back(object{{"Name", limit.name}, {"Soft", limit.soft}, {"Hard", limit.hard}});
  return limits;
}

array devices_of(const ContainerConfig& config) {
  array devices;
  for (const auto& device : config.devices)
    devices.emplace_back(object{
        {"PathOnHost", device.source}, {"PathInContainer", device.target}, {"CgroupPermissions", device.access}});
  return devices;
}

object log_config_of(const Log& log) {
  return {{"Type", log.driver.empty() ? "k8s-file" : log.driver},
          {"Config", nullptr},
          {"Path", log.path},
          {"Tag", log.tag},
          {"Size", log.max_size == 0 ? "0B" : human_size(log.max_size)}};
}

/// docker's Healthcheck, in nanoseconds.
object healthcheck_of(const Health& health) {
  return {{"Test", strings(health.command)},
          {"Interval", health.interval},
          {"Timeout", health.timeout},
          {"StartPeriod", health.start_period},
          {"StartInterval", health.start_interval},
          {"Retries", health.retries}};
}

object health_state_of(const HealthState& state) {
  array log;
  for (const auto& result : state.log)
    log.emplace_back(object{{"Start", to_rfc3339(result.start)},
                            {"End", to_rfc3339(result.end)},
                            {"ExitCode", result.exit_code},
                            {"Output", result.output}});
  return {{"Status", state.status}, {"FailingStreak", state.failing_streak}, {"Log", std::move(log)}};
}

array device_limits_of(const std::vector<DeviceLimit>& limits, const char* what) {
  array all;
  for (const auto& limit : limits) all.emplace_back(object{{"Path", limit.path}, {what, limit.value}});
  return all;
}

object host_config_of(const ContainerConfig& config) {
  return {{"Binds", binds_of(config)},
          {"ContainerIDFile", config.cidfile},
          {"LogConfig", log_config_of(config.log)},
          {"NetworkMode", config.network},
          {"PortBindings", port_bindings(config)},
          {"RestartPolicy", object{{"Name", config.restart.policy.empty() ? "no" : config.restart.policy},
                                   {"MaximumRetryCount", config.restart.tries}}},
          {"AutoRemove", config.remove},
          {"CapAdd", strings(config.cap_add)},
          {"CapDrop", strings(config.cap_drop)},
          {"GroupAdd", strings(config.groups)},
          {"Privileged", config.privileged},
          {"ReadonlyRootfs", config.read_only},
          {"SecurityOpt", security_options_of(config)},
          {"Tmpfs", tmpfs_of(config)},
          {"ShmSize", config.shm_size},
          {"Sysctls", string_map(config.sysctls)},
          {"Init", config.init},
          {"PidMode", config.pid.empty() ? "private" : config.pid},
          {"IpcMode", config.ipc.empty() ? "shareable" : config.ipc},
          {"UTSMode", config.uts.empty() ? "private" : config.uts},
          {"CgroupMode", config.cgroupns.empty() ? "private" : config.cgroupns},
          {"UsernsMode", config.userns},
          {"CgroupParent", config.cgroup_parent},
          {"Annotations", string_map(config.annotations)},
          {"OomScoreAdj", config.oom_score_adj.value_or(0)},
          {"OomKillDisable", config.oom_kill_disable},
          {"Memory", config.memory},
          {"MemorySwap", config.memory_swap != 0 ? config.memory_swap : static_cast<std::int64_t>(2 * config.memory)},
          {"MemoryReservation", config.memory_reservation},
          {"MemorySwappiness", config.memory_swappiness ? std::int64_t{*config.memory_swappiness} : -1},
          {"NanoCpus", config.nano_cpus},
          {"CpuShares", config.cpu_shares},
          {"CpuPeriod", config.cpu_period},
          {"CpuQuota", config.cpu_quota},
          {"CpuRealtimePeriod", config.cpu_rt_period},
          {"CpuRealtimeRuntime", config.cpu_rt_runtime},
          {"CpusetCpus", config.cpuset_cpus},
          {"CpusetMems", config.cpuset_mems},
          {"BlkioWeight", config.blkio_weight},
          {"BlkioWeightDevice", device_limits_of(config.blkio_weight_devices, "Weight")},
          {"BlkioDeviceReadBps", device_limits_of(config.device_read_bps, "Rate")},
          {"BlkioDeviceWriteBps", device_limits_of(config.device_write_bps, "Rate")},
          {"BlkioDeviceReadIOps", device_limits_of(config.device_read_iops, "Rate")},
          {"BlkioDeviceWriteIOps", device_limits_of(config.device_write_iops, "Rate")},
          {"PidsLimit", config.pids_limit},
          {"Ulimits", ulimits_of(config)},
          {"Devices", devices_of(config)}};
}

const char* driver_of(const store::Snapshot& snapshot) {
  if (snapshot.root.empty()) return "overlay";
  return linux::is_subvolume(snapshot.root) ? "btrfs" : "vfs";
}

}  // namespace

Result<object> Engine::inspect(const std::string& name) {
  const Container container = TRY(state_->find(name));
  const ContainerConfig& config = container.config;
  const RunFolder folder = state_->run_folder(container.id);
  const std::string log_path =
      config.log.driver == "none" ? std::string() : state_->log_path(TRY(state_->find_record(container.id)));
  const auto argv = container.argv();
  std::optional<net::Connections> connections;
  if (container.running()) connections = TRY(state_->connections(container.id));
  auto run_file = [&](const char* file) {
    const std::string path = folder.file(file);
    return path_exists(path) ? path : std::string();
  };
  object all{{"Id", container.id},
             {"Created", to_rfc3339(container.created)},
             {"Path", argv.front()},
             {"Args", strings({argv.begin() + 1, argv.end()})},
             {"State", state_of(container)},
             {"Image", container.image_id},
             {"ImageName", container.image_name},
             {"Rootfs", config.rootfs},
             {"ResolvConfPath", run_file("resolv.conf")},
             {"HostnamePath", run_file("hostname")},
             {"HostsPath", run_file("hosts")},
             {"LogPath", log_path},
             {"Name", container.name},
             {"RestartCount", container.restarts},
             {"Driver", driver_of(TRY(state_->store())->snapshots().get(container.id))},
             {"Mounts", mounts_of(config, state_->volumes())},
             {"Config", config_of(container)},
             {"HostConfig", host_config_of(config)},
             {"NetworkSettings", network_settings(config, connections)}};
  if (has_health_check(config.health)) {
    object& state = all["State"].as_object();
    state["Health"] = health_state_of(read_health(state_->health_path(container.id)));
    all["Config"].as_object()["Healthcheck"] = healthcheck_of(config.health);
    all["Config"].as_object()["HealthcheckOnFailureAction"] =
        config.health.on_failure.empty() ? "none" : config.health.on_failure;
  }
  return all;
}

}  // namespace gantry::engine
