#include "cli/create_options.hpp"

namespace gantry::cli {

Result<engine::ContainerConfig> container_config(const CreateOptions& options, const std::vector<std::string>& words) {
  engine::ContainerConfig config;
  TRY(set_root(config, options.root, words));
  TRY(set_process(config, options.process));
  TRY(set_life(config, options.life));
  TRY(set_storage(config, options.storage));
  TRY(set_resources(config, options.resources));
  TRY(set_namespaces(config, options.namespaces));
  TRY(set_network(config, options.network));
  TRY(set_names(config, options.names));
  TRY(set_security(config, options.security));
  return config;
}

}  // namespace gantry::cli
