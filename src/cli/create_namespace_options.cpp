#include "cli/create_namespace_options.hpp"

#include "cli/option_lists.hpp"
#include "engine/options.hpp"

namespace gantry::cli {

Result<> set_namespaces(engine::ContainerConfig& config, const CreateNamespaceOptions& options) {
  config.hostname = options.hostname;
  config.domainname = options.domainname;
  config.pid = options.pid;
  config.ipc = options.ipc;
  config.uts = options.uts;
  config.cgroupns = options.cgroupns;
  config.userns = options.userns;
  for (const auto& word : split_at_commas(options.uid_map))
    config.uid_map.push_back(TRY(with_context(engine::parse_id_range(word), "option --uidmap")));
  for (const auto& word : split_at_commas(options.gid_map))
    config.gid_map.push_back(TRY(with_context(engine::parse_id_range(word), "option --gidmap")));
  return {};
}

}  // namespace gantry::cli
