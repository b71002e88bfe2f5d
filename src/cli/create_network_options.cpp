#include "cli/create_network_options.hpp"

namespace gantry::cli {

Result<> set_network(engine::ContainerConfig& config, const CreateNetworkOptions& options) {
  config.network = options.network;
  return {};
}

}  // namespace gantry::cli
