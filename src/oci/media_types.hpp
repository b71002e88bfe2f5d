#pragma once

#include <string_view>

namespace gantry::oci {

// image-spec media-types.md
inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kOciLayer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view kOciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view kOciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view kOciEmpty = "application/vnd.oci.empty.v1+json";

// Docker image manifest version 2, schema 2
inline constexpr std::string_view kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view kDockerLayer = "application/vnd.docker.image.rootfs.diff.tar";
inline constexpr std::string_view kDockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
inline constexpr std::string_view kDockerLayerZstd = "application/vnd.docker.image.rootfs.diff.tar.zstd";

/// OCI's or Docker's.
bool is_manifest(std::string_view media_type);
bool is_index(std::string_view media_type);
bool is_config(std::string_view media_type);
/// A layer that we can unpack: a tar, plain or compressed, also the non-distributable and foreign kinds.
bool is_layer(std::string_view media_type);
/// A layer that a registry may not hold for everyone: fetched from its descriptor's `urls`.
bool is_foreign_layer(std::string_view media_type);

enum class Compression { none, gzip, zstd };
/// What a layer's media type says; the bytes themselves decide when they disagree.
Compression compression_of(std::string_view media_type);
/// kOciLayer, kOciLayerGzip or kOciLayerZstd.
std::string_view layer_media_type(Compression compression);

}  // namespace gantry::oci
