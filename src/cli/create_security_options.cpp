#include "cli/create_security_options.hpp"

#include "base/text.hpp"
#include "cli/option_lists.hpp"
#include "engine/options.hpp"

namespace gantry::cli {

Result<> set_security(engine::ContainerConfig& config, const CreateSecurityOptions& options) {
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

}  // namespace gantry::cli
