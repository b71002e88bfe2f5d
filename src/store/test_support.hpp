#pragma once

#include "base/file.hpp"
#include "oci/media_types.hpp"
#include "store/check.hpp"
#include "store/collect.hpp"
#include "store/store.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <optional>

namespace gantry::store {

struct MadeImage {
  oci::Descriptor manifest;
  oci::Digest config;
  oci::Digest layer_blob;
  oci::Digest diff_id;
};

/// A store in a folder of its own, with images of one layer. The digests are made up, as nothing here hashes.
class StoreFixture : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-store.XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root = std::string(name) + "/store";
    auto opened = Store::open(root);
    ASSERT_TRUE(opened) << opened.error().message();
    store = std::move(*opened);
  }
  void TearDown() override { best_effort(remove_tree(root.substr(0, root.rfind('/')))); }

  static oci::Digest digest_of(std::string_view what) {
    std::string hex;
    for (int i = 0; i < 4; ++i)
      hex += fmt::format("{:016x}", std::hash<std::string>()(std::string(what) + static_cast<char>('0' + i)));
    return oci::Digest::from_hex(oci::Algorithm::sha256, hex).value();
  }

  oci::Descriptor put(std::string_view media_type, const std::string& bytes) {
    auto digest = digest_of(bytes);
    EXPECT_TRUE(store->blobs().put(digest, bytes));
    return {.media_type = std::string(media_type), .digest = digest, .size = static_cast<std::int64_t>(bytes.size())};
  }

  oci::Digest add_layer(const std::string& what) {
    auto staging = store->layers().begin();
    EXPECT_TRUE(replace_file(staging->path() + "/" + what, what));
    auto diff_id = digest_of("diff of " + what);
    EXPECT_TRUE(staging->commit(diff_id, {.size = 1000, .entries = 1}));
    return diff_id;
  }

  MadeImage add_image(const std::string& what, const std::vector<std::string>& names) {
    MadeImage made;
    made.diff_id = add_layer(what);
    oci::ImageConfig config;
    config.architecture = oci::host_platform().architecture;
    config.os = "linux";
    config.rootfs.diff_ids = {made.diff_id};
    oci::Manifest manifest;
    manifest.config = put(oci::kOciConfig, oci::write_image_config(config));
    manifest.layers = {put(oci::kOciLayer, "blob of " + what)};
    made.config = manifest.config.digest;
    made.layer_blob = manifest.layers[0].digest;
    made.manifest = put(oci::kOciManifest, oci::write_manifest(manifest));
    EXPECT_TRUE(store->images().add(made.manifest, names));
    return made;
  }

  void add_index(std::vector<oci::Descriptor> manifests, const std::string& name) {
    oci::Index index;
    index.manifests = std::move(manifests);
    auto entry = put(oci::kOciIndex, oci::write_index(index));
    EXPECT_TRUE(store->images().add(entry, std::span(&name, 1)));
  }

  /// What check() says, a line each.
  std::vector<std::string> check(bool repair = false) {
    auto findings = store::check(
        *store, [this] { return Result<Roots>(roots); }, repair);
    EXPECT_TRUE(findings) << findings.error().message();
    std::vector<std::string> lines;
    for (const auto& finding : *findings) lines.push_back(finding.object + ": " + finding.text);
    return lines;
  }

  std::string root;
  std::optional<Store> store;
  Roots roots;
};

}  // namespace gantry::store
