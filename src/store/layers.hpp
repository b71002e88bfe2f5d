#pragma once

#include "base/json_options.hpp"
#include "content/scratch.hpp"
#include "oci/digest.hpp"
#include "oci/image_spec.hpp"
#include "store/driver.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace gantry::store {

/// What is known of an unpacked layer; kept beside it.
struct LayerInfo {
  std::string driver;
  std::uint64_t size = 0;     ///< bytes of its tar, uncompressed
  std::uint64_t entries = 0;  ///< members of its tar
  /// Diff ids of the layers whose images its own has pieces of: it is of no use without them.
  std::vector<std::string> needs;

  bool operator==(const LayerInfo&) const = default;
};
BOOST_DESCRIBE_STRUCT(LayerInfo, (), (driver, size, entries, needs))
constexpr json::Options json_options(const LayerInfo*) {
  return {.style = json::Style::snake, .required = {"driver", "size", "entries"}};
}

inline constexpr const char* kPieceIndex = "/layer.pieces";

/// A layer whose image others may have pieces of.
struct DonorLayer {
  oci::Digest diff_id;
  std::string image;
  std::string index;
};

/// A layer that is being unpacked. Unless it is committed nothing is left of it.
class LayerStaging {
 public:
  LayerStaging(LayerStaging&&) = default;
  ~LayerStaging();

  /// What to unpack into: an empty folder, or an empty file for an image, see driver().
  const std::string& path() const { return path_; }
  const Driver& driver() const { return *driver_; }
  /// Where an index of an image's pieces goes, if there is to be one.
  std::string index_path() const { return scratch_.path() + kPieceIndex; }
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

  /// Those that have an index of their image's pieces: at most `most`, the newest first.
  Result<std::vector<DonorLayer>> donors(std::size_t most) const;
  /// Adds the layers that those in `layers` need.
  void add_needs(std::set<oci::Digest>& layers) const;
  /// Whether a layer's files are there, and those of the layers that it needs.
  bool is_whole(const oci::Digest& diff_id) const;

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
