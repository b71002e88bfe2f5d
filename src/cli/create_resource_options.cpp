#include "cli/create_resource_options.hpp"

#include "base/text.hpp"
#include "cli/option_lists.hpp"
#include "engine/options.hpp"

#include <algorithm>

namespace gantry::cli {

namespace {

using engine::ContainerConfig;
using engine::DeviceLimit;

enum class Unit { bytes, number };

/// "DEVICE:VALUE". The node may have a colon in its name, the value has none.
Result<DeviceLimit> read_device_limit(std::string_view word, Unit unit) {
  auto [path, value, found] = cut_last(word, ':');
  if (!found || !path.starts_with('/'))
    return fail(Code::invalid, "'{}' is not DEVICE:VALUE with the path of a device", word)
        .with_cure(unit == Unit::bytes ? "as in /dev/sda:1m" : "as in /dev/sda:100");
  const std::uint64_t limit = unit == Unit::bytes ? TRY(parse_size(value)) : TRY(parse_unsigned(value));
  return DeviceLimit{std::string(path), limit};
}

Result<std::vector<DeviceLimit>> read_device_limits(const std::vector<std::string>& words, Unit unit,
                                                    std::string_view option) {
  std::vector<DeviceLimit> limits;
  for (const auto& word : words) {
    limits.push_back(TRY(with_context(read_device_limit(word, unit), "option --{}", option)));
    if (limits.back().value == 0) return fail(Code::invalid, "option --{}: '{}': a limit of 0 is none", option, word);
  }
  return limits;
}

/// Zero, as a number that was not given is.
template <class Number>
void take_given(Number& place, Number given) {
  if (given != 0) place = given;
}
void take_given(std::string& place, const std::string& given) {
  if (!given.empty()) place = given;
}

Result<> take_devices(std::vector<DeviceLimit>& place, const std::vector<std::string>& words, Unit unit,
                      std::string_view option) {
  if (!words.empty()) place = TRY(read_device_limits(words, unit, option));
  return {};
}

Result<> set_block_io(ContainerConfig& config, const CreateResourceOptions& options) {
  take_given(config.blkio_weight, options.blkio_weight);
  TRY(take_devices(config.blkio_weight_devices, options.blkio_weight_devices, Unit::number, "blkio-weight-device"));
  for (const auto& device : config.blkio_weight_devices)
    if (device.value < 10 || device.value > 1000)
      return fail(Code::invalid, "option --blkio-weight-device: {} is not between 10 and 1000", device.value);
  TRY(take_devices(config.device_read_bps, options.read_bps, Unit::bytes, "device-read-bps"));
  TRY(take_devices(config.device_write_bps, options.write_bps, Unit::bytes, "device-write-bps"));
  TRY(take_devices(config.device_read_iops, options.read_iops, Unit::number, "device-read-iops"));
  return take_devices(config.device_write_iops, options.write_iops, Unit::number, "device-write-iops");
}

Result<> set_memory(ContainerConfig& config, const CreateResourceOptions& options) {
  take_given(config.memory, options.memory);
  take_given(config.memory_reservation, options.memory_reservation);
  if (options.memory_swap) config.memory_swap = *options.memory_swap;
  if (options.memory_swappiness) config.memory_swappiness = options.memory_swappiness;
  if (options.oom_kill_disable) config.oom_kill_disable = true;
  if (options.oom_score_adj) config.oom_score_adj = options.oom_score_adj;
  if (config.memory_swap > 0 && config.memory == 0)
    return fail(Code::invalid, "option --memory-swap limits memory and swap together, and no --memory is given")
        .with_cure("give --memory too");
  if (config.memory_swap > 0 && static_cast<std::uint64_t>(config.memory_swap) < config.memory)
    return fail(Code::invalid, "option --memory-swap: {} is less than --memory", config.memory_swap)
        .with_cure("it counts memory and swap together");
  if (config.memory != 0 && config.memory_reservation > config.memory)
    return fail(Code::invalid, "option --memory-reservation: {} is more than --memory", config.memory_reservation);
  return {};
}

Result<> set_processors(ContainerConfig& config, const CreateResourceOptions& options) {
  const bool periods = options.cpu_period != 0 || options.cpu_quota != 0;
  if (!options.cpus.empty() && periods)
    return fail(Code::invalid, "options --cpus and --cpu-period or --cpu-quota exclude each other")
        .with_cure("give one way of limiting the processors");
  if (periods) config.nano_cpus = 0;
  if (!options.cpus.empty()) {
    config.nano_cpus = TRY(with_context(engine::parse_cpus(options.cpus), "option --cpus"));
    config.cpu_period = 0;
    config.cpu_quota = 0;
  }
  take_given(config.cpu_shares, options.cpu_shares);
  take_given(config.cpu_period, options.cpu_period);
  take_given(config.cpu_quota, options.cpu_quota);
  take_given(config.cpu_rt_period, options.cpu_rt_period);
  take_given(config.cpu_rt_runtime, options.cpu_rt_runtime);
  take_given(config.cpuset_cpus, options.cpuset_cpus);
  take_given(config.cpuset_mems, options.cpuset_mems);
  return {};
}

Result<> set_cgroup(ContainerConfig& config, const CreateResourceOptions& options) {
  take_given(config.cgroups, options.cgroups);
  if (!options.cgroup_parent.empty()) {
    const auto steps = split(options.cgroup_parent, '/');
    if (std::ranges::find(steps, "..") != steps.end())
      return fail(Code::invalid, "option --cgroup-parent: '{}' leads out of the hierarchy", options.cgroup_parent);
    config.cgroup_parent = (options.cgroup_parent.starts_with('/') ? "" : "/") + options.cgroup_parent;
  }
  for (const auto& word : options.cgroup_conf) {
    auto [file, value, found] = cut(word, '=');
    if (!found || file.empty() || file.find('/') != file.npos)
      return fail(Code::invalid, "option --cgroup-conf: '{}' is not FILE=VALUE", word)
          .with_cure("as in memory.high=1g");
    config.cgroup_conf[std::string(file)] = value;
  }
  if (options.rdt_class.find('/') != std::string::npos)
    return fail(Code::invalid, "option --rdt-class: '{}' is not the name of a class", options.rdt_class);
  take_given(config.rdt_class, options.rdt_class);
  return {};
}

}  // namespace

Result<std::int64_t> read_swap(std::string_view word) {
  if (word == "-1") return -1;
  const std::uint64_t size = TRY(parse_size(word));
  if (size > INT64_MAX) return fail(Code::invalid, "'{}' is too large", word);
  return static_cast<std::int64_t>(size);
}

Result<std::string> read_set(std::string_view word) {
  for (const auto& part : split(word, ',')) {
    auto [first, last, is_range] = cut(part, '-');
    auto from = parse_unsigned(first);
    auto to = is_range ? parse_unsigned(last) : from;
    if (!from || !to || *from > *to) return fail(Code::invalid, "'{}' is not a list as in 0-3,7", word);
  }
  return std::string(word);
}

Result<> set_resources(ContainerConfig& config, const CreateResourceOptions& options) {
  TRY(set_memory(config, options));
  TRY(set_processors(config, options));
  TRY(set_block_io(config, options));
  // podman and docker take 0, too, for no limit.
  if (options.pids_limit) config.pids_limit = *options.pids_limit == 0 ? -1 : *options.pids_limit;
  for (const auto& word : split_at_commas(options.ulimits)) {
    if (word == "host") config.host_ulimits = true;
    else config.ulimits.push_back(TRY(with_context(engine::parse_ulimit(word), "option --ulimit")));
  }
  if (config.host_ulimits && !config.ulimits.empty())
    return fail(Code::invalid, "option --ulimit: 'host' keeps all limits, and others are given")
        .with_cure("leave one out");
  return set_cgroup(config, options);
}

}  // namespace gantry::cli
