#pragma once

#include "build/material.hpp"
#include "build/request.hpp"
#include "oci/image_spec.hpp"
#include "store/store.hpp"

#include <functional>
#include <map>
#include <string>

namespace gantry::build {

/// The images that a build stands on. What the store lacks is fetched by gantry-transfer.
class Bases {
 public:
  /// Brings an image of that name and platform into the store.
  using Fetch = std::function<Result<>(const std::string& name, const oci::Platform& platform)>;
  Bases(const store::Store& store, Pull pull, Fetch fetch) : store_(store), pull_(pull), fetch_(std::move(fetch)) {}

  /// Each is looked for once in a build, so that all its stages see the same. Code::not_found names it.
  Result<const store::Image*> find(const std::string& name, const oci::Platform& platform);
  /// All that were found.
  std::vector<Material> materials() const;

 private:
  Result<store::Image> load(const std::string& name, const oci::Platform& platform);
  bool is_whole(const store::Image& image, const oci::Platform& platform) const;

  const store::Store& store_;
  Pull pull_;
  Fetch fetch_;
  std::map<std::string, store::Image> found_;
};

}  // namespace gantry::build
