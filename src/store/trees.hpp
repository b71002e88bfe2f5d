#pragma once

#include "oci/digest.hpp"
#include "store/layers.hpp"

#include <span>
#include <string>
#include <vector>

namespace gantry::store {

/// For the driver btrfs: the files of images, each a subvolume that all of its containers are snapshots of:
/// trees/<hex of the chain id>/root. They are made of the unpacked layers when they are first needed, share the data of
/// all files with them, and can be made again.
class Trees {
 public:
  explicit Trees(std::string root) : root_(std::move(root)) {}

  /// The subvolume with these layers (diff ids, the lowest first; at least one), made if it is not there, as are those
  /// of the layers below alone. Each is a snapshot of the one below it. Takes the rights of apply_layer().
  Result<std::string> make(const Layers& layers, std::span<const oci::Digest> stack) const;

  /// Chain ids.
  Result<std::vector<oci::Digest>> list() const;
  /// Whether it was completed. One that was published always is, unless somebody took its files away.
  bool is_whole(const oci::Digest& chain) const { return path_exists(path(chain)); }
  Result<> remove(const oci::Digest& chain) const;

 private:
  std::string folder(const oci::Digest& chain) const;
  std::string path(const oci::Digest& chain) const { return folder(chain) + "/root"; }
  Result<> make_one(const oci::Digest& chain, const std::string& below, const std::string& layer) const;

  std::string root_;  ///< of the store
};

}  // namespace gantry::store
