#pragma once

#include "base/fd.hpp"
#include "base/file.hpp"
#include "erofs/write_layer.hpp"
#include "oci/digest.hpp"
#include "store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::transfer {

/// Code::unsupported when this kernel does not mount images that are compressed as the store wants it: that is an
/// option of its own for each algorithm.
Result<> check_compression(const store::Store& store);

/// Keeps the layers that a new one may share data with. Until it is in its place, and says that it needs them.
Result<std::optional<Lock>> hold_donors(const store::Store& store);

/// How a store wants the image of a layer, and what is open for that.
class ErofsPlan {
 public:
  /// `digest`: what is known of the layer before it is written, for its volume's uuid. The caller holds hold_donors().
  static Result<ErofsPlan> make(const store::Store& store, const store::LayerStaging& staging,
                                const oci::Digest& digest);

  /// Valid as long as this.
  erofs::LayerImageOptions options() const;
  /// What has to stay open in a process that writes the image.
  std::vector<int> descriptors() const;
  /// The layers that the image has pieces of, once it is written: LayerInfo::needs.
  Result<std::vector<std::string>> needs(const Fd& image) const;

 private:
  erofs::LayerImageOptions options_;
  Fd index_;
  std::vector<erofs::Donor> donors_;
};

}  // namespace gantry::transfer
