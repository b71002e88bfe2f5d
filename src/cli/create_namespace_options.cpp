#include "cli/create_namespace_options.hpp"

namespace gantry::cli {

Result<> set_namespaces(engine::ContainerConfig& config, const CreateNamespaceOptions& options) {
  config.hostname = options.hostname;
  return {};
}

}  // namespace gantry::cli
