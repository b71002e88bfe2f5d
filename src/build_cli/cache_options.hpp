#pragma once

#include "build/job.hpp"
#include "build/step_cache.hpp"
#include "options/globals.hpp"
#include "store/store.hpp"

#include <string>
#include <vector>

namespace gantry::build_cli {

/// A --cache-from or --cache-to.
struct CachePlace {
  enum class Type { in_image, registry, local };
  Type type = Type::registry;
  std::string place;     ///< of a registry a name, of local a folder
  bool has_all = false;  ///< mode=max: the steps of all stages, not only those whose layers the image has
};

/// Code::invalid names the word.
Result<std::vector<CachePlace>> read_cache_from(const std::vector<std::string>& words);
Result<std::vector<CachePlace>> read_cache_to(const std::vector<std::string>& words);

/// What the caches have. One that cannot be read is a warning: the build goes on without it.
build::ImportedSteps import_caches(const std::vector<CachePlace>& places, const options::Folders& folders);

/// Brings the steps of a build to where they shall go.
Result<> export_caches(const std::vector<CachePlace>& places, const store::Store& store, const build::Built& built,
                       const options::Folders& folders);

}  // namespace gantry::build_cli
