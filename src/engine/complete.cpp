#include "engine/complete.hpp"

#include "engine/environment.hpp"
#include "engine/names.hpp"
#include "engine/network_options.hpp"
#include "linux/path.hpp"
#include "linux/process.hpp"

#include <algorithm>

namespace gantry::engine {

namespace {

void take_default(std::string& value, const std::string& fallback) {
  if (value.empty()) value = fallback;
}

}  // namespace

void complete(ContainerConfig& config, const oci::ExecutionConfig& image) {
  if (!config.entrypoint) {
    config.entrypoint = image.entrypoint;
    if (config.command.empty()) config.command = image.cmd;
  }
  config.env = join_environment(image.env, config.env);
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
  TRY(check_network(config));
  TRY(linux::parse_signal(config.stop_signal));
  return {};
}

}  // namespace gantry::engine
