#include "oci/media_types.hpp"

#include <gtest/gtest.h>

namespace gantry::oci {
namespace {

TEST(MediaTypes, KnowsOcisAndDockers) {
  EXPECT_TRUE(is_manifest(kOciManifest) && is_manifest(kDockerManifest));
  EXPECT_FALSE(is_manifest(kOciIndex) || is_manifest(""));
  EXPECT_TRUE(is_index(kOciIndex) && is_index(kDockerList));
  EXPECT_FALSE(is_index(kDockerManifest));
  EXPECT_TRUE(is_config(kOciConfig) && is_config(kDockerConfig));
  EXPECT_FALSE(is_config(kOciEmpty));
}

TEST(MediaTypes, KnowsHowALayerIsCompressed) {
  EXPECT_EQ(compression_of(kOciLayer), Compression::none);
  EXPECT_EQ(compression_of(kDockerLayerGzip), Compression::gzip);
  EXPECT_EQ(compression_of("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"), Compression::zstd);
  for (Compression compression : {Compression::none, Compression::gzip, Compression::zstd})
    EXPECT_EQ(compression_of(layer_media_type(compression)), compression);
}

TEST(MediaTypes, TellsForeignLayersApart) {
  EXPECT_TRUE(is_foreign_layer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"));
  EXPECT_TRUE(is_layer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"));
  EXPECT_TRUE(is_layer(kOciLayerGzip));
  EXPECT_FALSE(is_foreign_layer(kOciLayerGzip));
  EXPECT_FALSE(is_layer("application/vnd.oci.image.layer.v1.tar+brotli"));
}

}  // namespace
}  // namespace gantry::oci
