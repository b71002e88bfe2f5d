#include "oci/image_spec.hpp"

#include "oci/media_types.hpp"

#include <gmock/gmock.h>

namespace gantry::oci {
namespace {

using testing::HasSubstr;

const std::string kDescriptor = R"({"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:)" +
                                std::string(64, 'a') + R"(","size":7})";

std::string manifest(const std::string& members) {
  return R"({"schemaVersion":2,"config":)" + kDescriptor + R"(,"layers":[])" + members + "}";
}

template <class T>
std::string error_of(const Result<T>& result) {
  return result ? "no error" : result.error().message();
}

TEST(ImageSpec, ReadsAManifest) {
  auto read = parse_manifest(manifest(""), "m");
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->config.size, 7);
  EXPECT_EQ(read->config.digest.hex(), std::string(64, 'a'));
}

TEST(ImageSpec, NamesWhatAManifestLacks) {
  EXPECT_EQ(error_of(parse_manifest(R"({"schemaVersion":2,"layers":[]})", "m")), "m: the member 'config' is missing");
  EXPECT_EQ(error_of(parse_manifest(R"({"schemaVersion":2,"layers":[{"mediaType":"x","size":1}]})", "m")),
            "m: /layers/0: the member 'digest' is missing");
  EXPECT_THAT(error_of(parse_manifest(R"({"schemaVersion":2,"layers":[{"digest":"sha256:../.."}]})", "m")),
              HasSubstr("m: /layers/0/digest: '../..' is not a sha256 digest"));
}

TEST(ImageSpec, RefusesOtherVersionsAndTypes) {
  EXPECT_EQ(error_of(parse_manifest(R"({"schemaVersion":1,"config":)" + kDescriptor + R"(,"layers":[]})", "m")),
            "m: /schemaVersion: 1 is not 2");
  EXPECT_EQ(error_of(parse_manifest(manifest(R"(,"mediaType":"text/plain")"), "m")),
            "m: /mediaType: 'text/plain' is not an image manifest's");
  EXPECT_EQ(error_of(parse_index(R"({"schemaVersion":2,"manifests":[],"mediaType":"text/plain"})", "i")),
            "i: /mediaType: 'text/plain' is not an image index's");
  EXPECT_EQ(error_of(parse_image_layout(R"({"imageLayoutVersion":"2.0.0"})", "oci-layout")),
            "oci-layout: /imageLayoutVersion: '2.0.0' is not 1.0.0");
  EXPECT_EQ(error_of(parse_image_config(R"({"architecture":"a","os":"b","rootfs":{"type":"zip","diff_ids":[]}})", "c")),
            "c: /rootfs/type: 'zip' is not 'layers'");
}

TEST(ImageSpec, RefusesADocumentThatCouldBeEither) {
  EXPECT_THAT(error_of(parse_manifest(manifest(R"(,"manifests":[])"), "m")), HasSubstr("a manifest or an index"));
  EXPECT_THAT(error_of(parse_index(R"({"schemaVersion":2,"manifests":[],"layers":[]})", "i")),
              HasSubstr("a manifest or an index"));
}

TEST(ImageSpec, RefusesNegativeSizes) {
  EXPECT_EQ(error_of(parse_manifest(R"({"schemaVersion":2,"layers":[{"mediaType":"x","digest":"sha256:)" +
                                        std::string(64, 'a') + R"(","size":-1}],"config":)" + kDescriptor + "}",
                                    "m")),
            "m: /layers/0/size: -1 is negative");
}

TEST(ImageSpec, TellsManifestsFromIndexes) {
  EXPECT_EQ(detect_media_type(manifest("")), kOciManifest);
  EXPECT_EQ(detect_media_type(manifest(R"(,"mediaType":"application/vnd.docker.distribution.manifest.v2+json")")),
            kDockerManifest);
  EXPECT_EQ(detect_media_type(R"({"schemaVersion":2,"manifests":[]})"), kOciIndex);
  EXPECT_EQ(detect_media_type(R"({"manifests":[],"layers":[]})"), "");
  EXPECT_EQ(detect_media_type(R"({"os":"linux"})"), "");
  EXPECT_EQ(detect_media_type("not json"), "");
}

TEST(ImageSpec, WritesRequiredMembersAlsoWhenEmpty) {
  EXPECT_EQ(write_index({}), R"({"schemaVersion":2,"manifests":[]})");
  EXPECT_EQ(write_image_config({}), R"({"architecture":"","os":"","rootfs":{"type":"layers","diff_ids":[]}})");
  EXPECT_EQ(write_image_layout({}), R"({"imageLayoutVersion":"1.0.0"})");
}

}  // namespace
}  // namespace gantry::oci
