#include "cli/create_security_options.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/option_lists.hpp"
#include "engine/options.hpp"

namespace gantry::cli {

namespace {

using engine::ContainerConfig;

/// docker's --gpus in terms of CDI, as podman has it.
Result<> set_gpus(ContainerConfig& config, const std::string& text) {
  if (text.empty()) return {};
  const std::string class_name = "nvidia.com/gpu=";
  auto [key, value, found] = cut(text, '=');
  if (text == "all" || text == "-1") {
    config.cdi_devices.push_back(class_name + "all");
  } else if (auto count = parse_unsigned(text); count && *count <= 1024) {
    for (std::uint64_t i = 0; i < *count; ++i) config.cdi_devices.push_back(fmt::format("{}{}", class_name, i));
  } else if (key == "device" && !value.empty()) {
    for (const auto& name : split(value, ',')) config.cdi_devices.push_back(class_name + name);
  } else {
    return fail(Code::invalid, "option --gpus: '{}' is none of all, a number and device=NAMES", text);
  }
  return {};
}

Result<> set_devices(ContainerConfig& config, const CreateSecurityOptions& options) {
  for (const auto& word : split_at_commas(options.devices)) {
    if (!word.starts_with('/') && word.find('=') != std::string::npos) config.cdi_devices.push_back(word);
    else config.devices.push_back(TRY(with_context(engine::parse_device(word), "option --device")));
  }
  for (const auto& rule : options.device_rules) {
    TRY(with_context(engine::parse_device_rule(rule), "option --device-cgroup-rule"));
    config.device_rules.push_back(rule);
  }
  for (const auto& folder : options.cdi_spec_dirs) config.cdi_spec_dirs.push_back(TRY(absolute_path(folder)));
  return set_gpus(config, options.gpus);
}

}  // namespace

Result<> set_security(engine::ContainerConfig& config, const CreateSecurityOptions& options) {
  config.privileged = options.privileged;
  config.cap_add = split_at_commas(options.cap_add);
  config.cap_drop = split_at_commas(options.cap_drop);
  TRY(set_devices(config, options));
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

}  // namespace gantry::cli
