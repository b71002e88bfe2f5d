#pragma once

#include "base/json_options.hpp"
#include "content/scratch.hpp"
#include "oci/digest.hpp"
#include "oci/image_spec.hpp"
#include "store/driver.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace gantry::store {

/// What is known of an unpacked layer; kept beside it.
struct LayerInfo {
  std::string driver;
  std::uint64_t size = 0;     ///< bytes of its tar, uncompressed
  std::uint64_t entries = 0;  ///< members of its tar

  bool operator==(const LayerInfo&) const = default;
};
BOOST_DESCRIBE_STRUCT(LayerInfo, (), (driver, size, entries))
constexpr json::Options json_options(const LayerInfo*) {
  return {.style = json::Style::snake, .required = {"driver", "size", "entries"}};
}

/// A layer that is being unpacked. Unless it is committed nothing is left of it.
class LayerStaging {
 public:
  LayerStaging(LayerStaging&&) = default;
  ~LayerStaging();

  /// What to unpack into: an empty folder, or an empty file for an image, see driver().
  const std::string& path() const { return path_; }
  const Driver& driver() const { return *driver_; }
  /// Makes it the layer `diff_id`; fine when someone else was faster.
  Result<> commit(const oci::Digest& diff_id, LayerInfo info);

 private:
  friend class Layers;
  LayerStaging(content::Scratch scratch, const Driver& driver, std::string layers)
      : scratch_(std::move(scratch)),
        driver_(&driver),
        path_(driver.layer_path(scratch_.path())),
        layers_(std::move(layers)) {}

  content::Scratch scratch_;
  const Driver* driver_;
  std::string path_;
  std::string layers_;
};

/// Unpacked layers: layers/<algorithm>/<hex of the diff id>. A layer does not depend on those below it: what it
/// removes is marked in it as overlayfs has it.
class Layers {
 public:
  /// `driver` is for layers that come; those that are there keep theirs.
  explicit Layers(std::string root, const Driver& driver = overlay_driver())
      : root_(std::move(root)), driver_(&driver) {}

  bool has(const oci::Digest& diff_id) const;
  Result<LayerInfo> info(const oci::Digest& diff_id) const;
  /// The root of one layer, or its image, if it is there: linux::open_layer() takes both.
  std::string path(const oci::Digest& diff_id) const;
  /// The roots of an image's layers, the top first. Code::not_found for a layer that is not unpacked.
  Result<std::vector<std::string>> paths(const oci::ImageConfig& config) const;
  /// Bytes of all layers' tars: the size that docker and podman show.
  Result<std::uint64_t> size(const oci::ImageConfig& config) const;

  Result<LayerStaging> begin() const;
  /// Nothing may be mounted from it. A missing one is fine.
  Result<> remove(const oci::Digest& diff_id) const;
  Result<std::vector<oci::Digest>> list() const;

 private:
  std::string folder(const oci::Digest& diff_id) const;
  std::string root_;  ///< of the store
  const Driver* driver_;
};

}  // namespace gantry::store
