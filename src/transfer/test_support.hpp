#pragma once

#include "archive/hash.hpp"
#include "archive/tar_writer.hpp"
#include "base/file.hpp"
#include "oci/media_types.hpp"
#include "store/store.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gantry::transfer {

inline std::string tar_of(const std::vector<std::pair<archive::Entry, std::string>>& entries) {
  MemorySink sink;
  archive::TarWriter writer(sink);
  for (const auto& [entry, data] : entries) {
    EXPECT_TRUE(writer.add(entry));
    EXPECT_TRUE(writer.write(as_bytes(data)));
  }
  EXPECT_TRUE(writer.finish());
  return std::string(as_text(sink.data()));
}

inline std::pair<archive::Entry, std::string> file(std::string path, std::string data) {
  return {{.path = std::move(path), .mode = 0644, .size = data.size()}, data};
}

/// A folder with a store and with archives of images that are put together by hand.
class Workshop : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/gantry-transfer.XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder = name;
    auto opened = store::Store::open(folder + "/store");
    ASSERT_TRUE(opened) << opened.error().message();
    store = std::move(*opened);
  }
  void TearDown() override { best_effort(remove_tree(folder)); }

  std::string write(const std::string& name, std::string_view bytes) const {
    EXPECT_TRUE(replace_file(folder + "/" + name, bytes, 0644, Sync::no));
    return folder + "/" + name;
  }

  /// Nothing but the empty store.
  void expect_nothing_left() const {
    EXPECT_TRUE(store->blobs().list()->empty());
    EXPECT_TRUE(store->layers().list()->empty());
    EXPECT_TRUE(store->images().index()->manifests.empty());
    EXPECT_TRUE(list_folder(folder + "/store/tmp")->empty());
  }

  static std::string hex_of(std::string_view bytes) { return archive::hash_of(as_bytes(bytes)).hex(); }
  static oci::Descriptor describe(std::string_view media_type, std::string_view bytes) {
    return {.media_type = std::string(media_type),
            .digest = archive::hash_of(as_bytes(bytes)),
            .size = static_cast<std::int64_t>(bytes.size())};
  }

  static oci::ImageConfig config_of(const std::vector<std::string>& layers) {
    oci::ImageConfig config;
    config.os = "linux";
    config.architecture = oci::host_platform().architecture;
    for (const auto& layer : layers) config.rootfs.diff_ids.push_back(archive::hash_of(as_bytes(layer)));
    return config;
  }

  /// The files of a docker-archive with one image.
  static std::map<std::string, std::string> docker_archive(const oci::ImageConfig& config,
                                                           const std::vector<std::string>& layers,
                                                           const std::string& name) {
    std::map<std::string, std::string> files;
    std::string list;
    for (const auto& layer : layers) {
      files[hex_of(layer) + ".tar"] = layer;
      list += (list.empty() ? "\"" : ",\"") + hex_of(layer) + ".tar\"";
    }
    files["config.json"] = oci::write_image_config(config);
    files["manifest.json"] = fmt::format(R"([{{"Config":"config.json","RepoTags":["{}"],"Layers":[{}]}}])", name, list);
    return files;
  }

  struct Layout {
    std::map<std::string, std::string> files;
    oci::Manifest manifest;
    oci::Index index;

    std::string put(std::string_view bytes) {
      std::string path = "blobs/sha256/" + hex_of(bytes);
      files[path] = bytes;
      return path;
    }
    /// Writes manifest and index again after a change.
    void seal() {
      std::string bytes = oci::write_manifest(manifest);
      put(bytes);
      auto platform = index.manifests.empty() ? std::nullopt : index.manifests[0].platform;
      auto entry = describe(oci::kOciManifest, bytes);
      entry.annotations[oci::kRefName] = "localhost/app:1";
      entry.platform = platform;
      index.manifests = {entry};
      files["index.json"] = oci::write_index(index);
      files["oci-layout"] = oci::write_image_layout({});
    }
  };
  static Layout layout(const oci::ImageConfig& config, const std::vector<std::string>& layers) {
    Layout made;
    std::string config_bytes = oci::write_image_config(config);
    made.put(config_bytes);
    made.manifest.config = describe(oci::kOciConfig, config_bytes);
    for (const auto& layer : layers) {
      made.put(layer);
      made.manifest.layers.push_back(describe(oci::kOciLayer, layer));
    }
    made.seal();
    return made;
  }

  std::string write_tar(const std::map<std::string, std::string>& files) const {
    std::vector<std::pair<archive::Entry, std::string>> entries;
    for (const auto& [path, data] : files) entries.push_back(file(path, data));
    return write("image.tar", tar_of(entries));
  }

  const std::string base = tar_of({file("etc/os-release", "base"), file("bin/sh", "shell")});
  const std::string top = tar_of({file("app", "the app")});
  std::string folder;
  std::optional<store::Store> store;
};

}  // namespace gantry::transfer
