#include "cli/create_options.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/environment.hpp"
#include "cli/paths.hpp"
#include "engine/options.hpp"

namespace gantry::cli {

namespace {

using engine::ContainerConfig;

/// The lists that podman also takes with commas between.
std::vector<std::string> split_at_commas(const std::vector<std::string>& words) {
  std::vector<std::string> all;
  for (const auto& word : words)
    for (auto& part : split(word, ',')) all.push_back(std::move(part));
  return all;
}

/// "NAME" alone is a label without a value.
Result<> add_label(ContainerConfig& config, std::string_view word) {
  auto [name, value, has_value] = cut(word, '=');
  if (name.empty()) return fail(Code::invalid, "'{}' names no label", word).with_cure("write NAME=VALUE");
  config.labels[std::string(name)] = value;
  return {};
}

Result<> set_labels(ContainerConfig& config, const CreateOptions& options) {
  for (const auto& file : options.label_files)
    for (const auto& line : TRY(with_context(read_lines(file), "option --label-file")))
      TRY(with_context(add_label(config, line), "option --label-file: {}", file));
  for (const auto& word : options.labels) TRY(with_context(add_label(config, word), "option --label"));
  return {};
}

Result<> set_root(ContainerConfig& config, const CreateOptions& options, std::span<const std::string> words) {
  if (options.rootfs && options.host_root)
    return fail(Code::invalid, "options --rootfs and --host-root exclude each other").with_cure("give one of them");
  if (options.host_root) {
    config.host_root = true;
  } else if (words.empty()) {
    return fail(Code::invalid, "no {} is named", options.rootfs ? "folder" : "image")
        .with_cure("see 'gantry run --help'");
  } else if (options.rootfs) {
    auto [folder, mode, has_mode] = cut_last(words[0], ':');
    config.rootfs_overlay = has_mode && mode == "O";
    config.rootfs = TRY(absolute_path(config.rootfs_overlay ? folder : std::string_view(words[0])));
  } else {
    config.image = words[0];
  }
  auto command = options.host_root ? words : words.subspan(1);
  config.command.assign(command.begin(), command.end());
  return {};
}

Result<> set_process(ContainerConfig& config, const CreateOptions& options) {
  config.env = TRY(read_environment(options.variable_files, options.variables));
  if (options.entrypoint) {
    const std::string& word = *options.entrypoint;
    auto& entrypoint = config.entrypoint.emplace();
    if (word.starts_with('[')) entrypoint = TRY(json::decode<std::vector<std::string>>(word, "option --entrypoint"));
    else if (!word.empty()) entrypoint = {word};
  }
  config.workdir = options.workdir;
  config.user = options.user;
  config.groups = split_at_commas(options.groups);
  config.interactive = options.interactive;
  config.tty = options.terminal;
  config.init = options.init;
  config.stop_signal = options.stop_signal;
  config.stop_timeout = options.stop_timeout;
  return {};
}

Result<> set_files(ContainerConfig& config, const CreateOptions& options) {
  for (const auto& word : options.volumes)
    config.mounts.push_back(TRY(with_context(engine::parse_volume(TRY(absolute_source(word))), "option --volume")));
  for (const auto& word : options.mounts)
    config.mounts.push_back(TRY(with_context(engine::parse_mount(word), "option --mount")));
  for (const auto& word : options.temporary)
    config.mounts.push_back(TRY(with_context(engine::parse_tmpfs(word), "option --tmpfs")));
  config.read_only = options.read_only;
  if (options.shm_size) config.shm_size = *options.shm_size;
  return {};
}

Result<> set_limits(ContainerConfig& config, const CreateOptions& options) {
  config.memory = options.memory;
  if (!options.cpus.empty()) config.nano_cpus = TRY(with_context(engine::parse_cpus(options.cpus), "option --cpus"));
  // podman and docker take 0, too, for no limit.
  if (options.pids_limit) config.pids_limit = *options.pids_limit == 0 ? -1 : *options.pids_limit;
  for (const auto& word : split_at_commas(options.ulimits))
    config.ulimits.push_back(TRY(with_context(engine::parse_ulimit(word), "option --ulimit")));
  return {};
}

Result<> set_isolation(ContainerConfig& config, const CreateOptions& options) {
  config.network = options.network;
  config.hostname = options.hostname;
  config.privileged = options.privileged;
  config.cap_add = split_at_commas(options.cap_add);
  config.cap_drop = split_at_commas(options.cap_drop);
  for (const auto& word : split_at_commas(options.devices))
    config.devices.push_back(TRY(with_context(engine::parse_device(word), "option --device")));
  for (const auto& word : split_at_commas(options.sysctls)) {
    auto [name, value, has_value] = cut(word, '=');
    if (!has_value || name.empty())
      return fail(Code::invalid, "option --sysctl: '{}' is not of the form NAME=VALUE", word);
    config.sysctls[std::string(name)] = value;
  }
  for (const auto& word : options.security)
    TRY(with_context(engine::set_security_option(config, word), "option --security-opt"));
  return {};
}

}  // namespace

Result<ContainerConfig> container_config(const CreateOptions& options, const std::vector<std::string>& words) {
  ContainerConfig config;
  config.name = options.name;
  config.cidfile = options.cidfile;
  config.remove = options.remove;
  TRY(set_root(config, options, words));
  TRY(set_labels(config, options));
  TRY(set_process(config, options));
  TRY(set_files(config, options));
  TRY(set_limits(config, options));
  TRY(set_isolation(config, options));
  return config;
}

}  // namespace gantry::cli
