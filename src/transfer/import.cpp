#include "transfer/import.hpp"

#include "base/build_time.hpp"
#include "transfer/change.hpp"

namespace gantry::transfer {

Result<LoadedImage> import(const store::Store& store, std::unique_ptr<Source> tar, const std::string& label,
                           const ImportOptions& options) {
  oci::ImageConfig config;
  config.created = to_rfc3339(TRY(build_time()));
  config.os = options.platform.os;
  config.architecture = options.platform.architecture;
  config.variant = options.platform.variant;
  config.history = {{.created = config.created, .created_by = options.created_by, .comment = options.message}};
  for (const auto& change : options.changes) TRY(apply_change(change, config.config));

  TRY(store.sweep());
  Lock used = TRY(store.use());
  auto job = TRY(LayerJob::start(store, {.label = label, .source = std::move(tar)}));
  std::vector<ReceivedLayer> layers;
  layers.push_back(TRY(job.finish()));
  config.rootfs.diff_ids = {layers.front().diff_id()};
  std::vector<std::string> names;
  if (!options.name.empty()) names.push_back(options.name);
  return store_image(store, std::move(layers), oci::write_image_config(config), names);
}

}  // namespace gantry::transfer
