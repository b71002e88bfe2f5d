#include "cli/create_storage_options.hpp"

#include "base/text.hpp"
#include "cli/option_lists.hpp"
#include "cli/paths.hpp"
#include "engine/options.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace gantry::cli {

namespace {

using engine::ContainerConfig;

Result<> set_mounts(ContainerConfig& config, const CreateStorageOptions& options) {
  for (const auto& word : options.volumes)
    config.mounts.push_back(TRY(with_context(engine::parse_volume(TRY(absolute_source(word))), "option --volume")));
  for (const auto& word : options.mounts)
    std::ranges::move(TRY(with_context(engine::parse_mount(word), "option --mount")),
                      std::back_inserter(config.mounts));
  for (const auto& word : options.temporary)
    config.mounts.push_back(TRY(with_context(engine::parse_tmpfs(word), "option --tmpfs")));
  std::set<std::string> targets;
  for (const auto& mount : config.mounts)
    if (!targets.insert(mount.target).second)
      return fail(Code::invalid, "two mounts are to be on {}", mount.target).with_cure("give each a folder of its own");
  return {};
}

}  // namespace

Result<> set_storage(ContainerConfig& config, const CreateStorageOptions& options) {
  TRY(set_mounts(config, options));
  config.volumes_from = split_at_commas(options.volumes_from);
  config.image_volume = options.image_volume;
  for (const auto& word : options.secrets)
    config.secrets.push_back(TRY(with_context(engine::parse_secret_use(word), "option --secret")));
  config.read_only = options.read_only;
  config.no_read_only_tmpfs = !options.read_only_tmpfs;
  if (options.shm_size) config.shm_size = *options.shm_size;
  if (options.shm_size_systemd) config.shm_size_systemd = *options.shm_size_systemd;
  for (auto& path : split_at_commas(options.chroot_dirs)) {
    if (!path.starts_with('/'))
      return fail(Code::invalid, "option --chrootdirs: '{}' is not an absolute path in the container", path);
    config.chroot_dirs.push_back(std::move(path));
  }
  return {};
}

}  // namespace gantry::cli
