#include "engine/complete.hpp"

#include "engine/environment.hpp"
#include "engine/health.hpp"
#include "engine/names.hpp"
#include "engine/namespaces.hpp"
#include "engine/network_options.hpp"
#include "linux/path.hpp"
#include "linux/process.hpp"

#include <algorithm>

namespace gantry::engine {

namespace {

void take_default(std::string& value, const std::string& fallback) {
  if (value.empty()) value = fallback;
}

/// What the host, the image and the user say, each over the one before.
std::vector<std::string> base_environment(const ContainerConfig& config, const oci::ExecutionConfig& image) {
  if (config.unset_all_env) return {};
  std::vector<std::string> base = join_environment(config.host_env, image.env);
  std::erase_if(base, [&](const std::string& entry) { return is_unset(config, entry); });
  return base;
}

/// What the image wants kept outside of the container's own layer.
void add_image_volumes(ContainerConfig& config, const oci::ExecutionConfig& image) {
  if (config.image_volume == "ignore") return;
  for (const auto& [path, empty] : image.volumes) {
    const std::string target = linux::clean_path(path);
    auto covers = [&](const Mount& mount) { return mount.target == target; };
    if (!path.starts_with('/') || target == "/" || std::ranges::any_of(config.mounts, covers)) continue;
    if (config.image_volume == "tmpfs")
      config.mounts.push_back(
          {.type = "tmpfs", .source = "tmpfs", .target = target, .options = {"nosuid", "nodev", "tmpcopyup"}});
    else
      config.mounts.push_back(
          {.type = "volume", .target = target, .options = {"rbind", "rprivate"}, .anonymous = true});
  }
}

}  // namespace

void complete(ContainerConfig& config, const oci::ExecutionConfig& image) {
  if (!config.entrypoint) {
    config.entrypoint = image.entrypoint;
    if (config.command.empty()) config.command = image.cmd;
  }
  config.env = join_environment(base_environment(config, image), config.env);
  for (const auto& entry : config.env_merge)
    config.env = join_environment(std::move(config.env), {expand_variables(entry, config.env)});
  config.host_env.clear();
  config.env_merge.clear();
  add_image_volumes(config, image);
  take_default(config.workdir, image.working_dir);
  // As docker and podman do: "/a/../b" needs no /a.
  if (config.workdir.starts_with('/')) config.workdir = linux::clean_path(config.workdir);
  take_default(config.user, image.user);
  take_default(config.stop_signal, image.stop_signal);
  take_default(config.stop_signal, "SIGTERM");
  config.labels.insert(image.labels.begin(), image.labels.end());
  for (const auto& [port, empty] : image.exposed_ports)
    if (std::ranges::find(config.expose, port) == config.expose.end()) config.expose.push_back(port);
}

Result<> check_config(const ContainerConfig& config) {
  if (!config.name.empty()) TRY(check_name(config.name));
  if (config.command.empty() && (!config.entrypoint || config.entrypoint->empty()))
    return fail(Code::invalid, "there is no command to run").with_cure("the image names none: give one after it");
  if (!config.workdir.empty() && !config.workdir.starts_with('/'))
    return fail(Code::invalid, "the working directory '{}' is not an absolute path", config.workdir);
  TRY(check_namespace_modes(config));
  TRY(check_network(config));
  TRY(linux::parse_signal(config.stop_signal));
  if (config.sd_notify == "healthy" && !has_health_check(config.health))
    return fail(Code::invalid, "option --sdnotify: there is no health check to tell that it is healthy")
        .with_cure("give --health-cmd");
  return {};
}

}  // namespace gantry::engine
