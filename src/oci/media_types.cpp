#include "oci/media_types.hpp"

#include <algorithm>
#include <array>

namespace gantry::oci {

namespace {

struct LayerType {
  std::string_view media_type;
  Compression compression;
  bool is_foreign;
};

constexpr std::array<LayerType, 11> kLayerTypes{{
    {kOciLayer, Compression::none, false},
    {kOciLayerGzip, Compression::gzip, false},
    {kOciLayerZstd, Compression::zstd, false},
    {kDockerLayer, Compression::none, false},
    {kDockerLayerGzip, Compression::gzip, false},
    {kDockerLayerZstd, Compression::zstd, false},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar", Compression::none, true},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", Compression::gzip, true},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", Compression::zstd, true},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar", Compression::none, true},
    {"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Compression::gzip, true},
}};

const LayerType* find_layer_type(std::string_view media_type) {
  const auto found = std::ranges::find(kLayerTypes, media_type, &LayerType::media_type);
  return found == kLayerTypes.end() ? nullptr : &*found;
}

}  // namespace

bool is_manifest(std::string_view media_type) { return media_type == kOciManifest || media_type == kDockerManifest; }
bool is_index(std::string_view media_type) { return media_type == kOciIndex || media_type == kDockerList; }
bool is_config(std::string_view media_type) { return media_type == kOciConfig || media_type == kDockerConfig; }
bool is_layer(std::string_view media_type) { return find_layer_type(media_type) != nullptr; }

bool is_foreign_layer(std::string_view media_type) {
  const LayerType* type = find_layer_type(media_type);
  return type != nullptr && type->is_foreign;
}

Compression compression_of(std::string_view media_type) {
  const LayerType* type = find_layer_type(media_type);
  return type == nullptr ? Compression::none : type->compression;
}

std::string_view layer_media_type(Compression compression) {
  return compression == Compression::gzip   ? kOciLayerGzip
         : compression == Compression::zstd ? kOciLayerZstd
                                            : kOciLayer;
}

}  // namespace gantry::oci
