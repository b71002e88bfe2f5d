#pragma once

#include "base/json_options.hpp"
#include "build/perform.hpp"
#include "oci/image_spec.hpp"
#include "store/store.hpp"
#include "transfer/origin.hpp"
#include "transfer/target.hpp"

#include <boost/describe/class.hpp>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

// What steps have made, for builds on other machines. A cache is an OCI artifact: a manifest whose config says which
// key has which layer, and whose layers are those. An image has the same of its own layers in an annotation ("inline").

namespace gantry::build {

/// What a step with this key has made.
struct CachedStep {
  std::string key;
  std::string layer;  ///< diff id; empty: no file was changed
  std::string blob;   ///< digest of the layer's blob in the cache; of an image its config tells
  std::string description;
};
BOOST_DESCRIBE_STRUCT(CachedStep, (), (key, layer, blob, description))
constexpr json::Options json_options(const CachedStep*) { return {.style = json::Style::snake, .required = {"key"}}; }

/// Steps that caches elsewhere have. Nothing of a layer is fetched before a build needs it.
class ImportedSteps {
 public:
  /// Takes what one origin lists: a cache, or an image with one.
  Result<> add(std::unique_ptr<transfer::Origin> origin);

  struct Found {
    const transfer::Origin* origin = nullptr;
    oci::Descriptor blob;  ///< of the layer
    CachedStep step;
  };
  /// Null when no cache has it.
  const Found* find(const oci::Digest& key) const;

 private:
  Result<> add_manifest(const transfer::Origin& origin, const oci::Document& document);

  std::vector<std::unique_ptr<transfer::Origin>> origins_;
  std::map<std::string, Found> steps_;
};

/// Brings the layer of a step into the store. Its bytes are hostile.
Result<Performed> fetch_step(const store::Store& store, const ImportedSteps::Found& found);

/// Writes a cache of these steps, its layers compressed with zstd.
Result<> export_steps(const store::Store& store, std::span<const CachedStep> steps, transfer::Target& target);

/// The annotation of an image that holds its own steps.
inline constexpr const char* kInlineCache = "io.gantry.build.cache";
std::string inline_cache(std::span<const CachedStep> steps);

}  // namespace gantry::build
