#include "cli/create_storage_options.hpp"

#include "cli/paths.hpp"
#include "engine/options.hpp"

namespace gantry::cli {

Result<> set_storage(engine::ContainerConfig& config, const CreateStorageOptions& options) {
  for (const auto& word : options.volumes)
    config.mounts.push_back(TRY(with_context(engine::parse_volume(TRY(absolute_source(word))), "option --volume")));
  for (const auto& word : options.mounts)
    config.mounts.push_back(TRY(with_context(engine::parse_mount(word), "option --mount")));
  for (const auto& word : options.temporary)
    config.mounts.push_back(TRY(with_context(engine::parse_tmpfs(word), "option --tmpfs")));
  config.read_only = options.read_only;
  if (options.shm_size) config.shm_size = *options.shm_size;
  return {};
}

}  // namespace gantry::cli
