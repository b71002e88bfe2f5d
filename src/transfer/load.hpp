#pragma once

#include "progress/meter.hpp"
#include "store/store.hpp"
#include "transfer/layer.hpp"
#include "transfer/offer.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::transfer {

struct LoadedImage {
  std::string id;
  std::vector<std::string> names;  ///< canonical; may be empty
  oci::Digest manifest;
};

/// Loads the images of an origin, for this machine unless `platform` says otherwise: the one that `reference` means, or
/// all of them when it is empty. Either an image comes in whole, with all its blobs checked against their digests and
/// all layers unpacked, or nothing of it remains.
Result<std::vector<LoadedImage>> load(const store::Store& store, const Origin& origin, const std::string& reference,
                                      const std::optional<oci::Platform>& platform = {},
                                      progress::Meter& meter = progress::silent());

/// The same, and shows on standard error how far it has come unless `quiet`.
Result<std::vector<LoadedImage>> load_and_show(const store::Store& store, const Origin& origin,
                                               const std::string& reference,
                                               const std::optional<oci::Platform>& platform, bool quiet);

/// Layers that are in hand, and the config that goes with them, become an image of the store.
Result<LoadedImage> store_image(const store::Store& store, std::vector<ReceivedLayer> layers,
                                const std::string& config_bytes, const std::vector<std::string>& names);

}  // namespace gantry::transfer
