#include "cli/create_resource_options.hpp"

#include "cli/option_lists.hpp"
#include "engine/options.hpp"

namespace gantry::cli {

Result<> set_resources(engine::ContainerConfig& config, const CreateResourceOptions& options) {
  config.memory = options.memory;
  if (!options.cpus.empty()) config.nano_cpus = TRY(with_context(engine::parse_cpus(options.cpus), "option --cpus"));
  // podman and docker take 0, too, for no limit.
  if (options.pids_limit) config.pids_limit = *options.pids_limit == 0 ? -1 : *options.pids_limit;
  for (const auto& word : split_at_commas(options.ulimits))
    config.ulimits.push_back(TRY(with_context(engine::parse_ulimit(word), "option --ulimit")));
  return {};
}

}  // namespace gantry::cli
