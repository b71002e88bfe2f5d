#pragma once

#include "remote/registry_access.hpp"
#include "transfer/location.hpp"
#include "view/sync_plan.hpp"

#include <memory>
#include <string>
#include <vector>

namespace gantry::image_cli {

/// One image that is to be copied.
struct SyncJob {
  transfer::Location from;                                    ///< "docker://…" or "dir:…"
  std::string to;                                             ///< the same as text
  std::shared_ptr<const remote::Registries> registries = {};  ///< for a registry, with what the plan says of it
};

struct SyncOptions {
  std::string destination;  ///< "docker://HOST[/NAME…]" or "dir:PATH"
  bool scoped = false;      ///< names at the destination begin with those of the registry and its namespaces
  std::string suffix;       ///< behind each tag at the destination
  remote::RegistryOptions registry;
};

/// The images that a plan means: registries are asked for their tags.
Result<std::vector<SyncJob>> sync_jobs(const std::vector<view::SyncRegistry>& plan, const SyncOptions& options);

/// The images in the folder `path` and below it, which are those with a manifest.json: what "sync" to "dir:" has made,
/// or skopeo. Named at the destination, a registry, by their last folder, or by the way from `path`. Code::not_found
/// when there is none.
Result<std::vector<SyncJob>> sync_jobs_of_folder(const std::string& path, const SyncOptions& options);

/// The plan that "docker://NAME[:TAG]" is: one image, or all tags of a repository.
Result<std::vector<view::SyncRegistry>> plan_of_repository(std::string_view name);

}  // namespace gantry::image_cli
