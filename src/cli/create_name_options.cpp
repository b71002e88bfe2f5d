#include "cli/create_name_options.hpp"

#include "base/file.hpp"
#include "engine/network_files.hpp"

namespace gantry::cli {

Result<> set_names(engine::ContainerConfig& config, const CreateNameOptions& options) {
  config.dns = options.dns;
  config.dns_search = options.dns_search;
  config.dns_options = options.dns_options;
  config.add_hosts = options.add_hosts;
  config.no_hosts = options.no_hosts;
  config.no_hostname = options.no_hostname;
  config.hosts_file = options.hosts_file;
  if (!config.hosts_file.empty() && config.hosts_file != "image" && config.hosts_file != "none")
    config.hosts_file = TRY(absolute_path(config.hosts_file));
  return engine::check_network_files(config);
}

}  // namespace gantry::cli
