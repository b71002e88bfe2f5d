#include "cli/create_life_options.hpp"

namespace gantry::cli {

Result<> set_life(engine::ContainerConfig& config, const CreateLifeOptions& options) {
  config.cidfile = options.cidfile;
  config.remove = options.remove;
  config.stop_signal = options.stop_signal;
  config.stop_timeout = options.stop_timeout;
  return {};
}

}  // namespace gantry::cli
