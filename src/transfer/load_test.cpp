#include "transfer/load.hpp"

#include "base/subprocess.hpp"
#include "transfer/open_origin.hpp"
#include "transfer/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gantry::transfer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class Load : public Workshop {
 protected:
  Result<std::vector<LoadedImage>> load_path(const std::string& path,
                                             const std::optional<oci::Platform>& platform = {}) {
    Location location = parse_location(path);
    auto origin = TRY(open_files(location, folder + "/store/tmp"));
    return load(*store, *origin, location.reference, platform);
  }
  Result<std::vector<LoadedImage>> load_files(const std::map<std::string, std::string>& files,
                                              const std::optional<oci::Platform>& platform = {}) {
    return load_path(write_tar(files), platform);
  }
  /// Loading fails, with nothing left behind.
  std::string refusal(const std::map<std::string, std::string>& files, Code code) {
    auto loaded = load_files(files);
    EXPECT_FALSE(loaded);
    if (loaded) return "loaded";
    EXPECT_EQ(loaded.error().code(), code);
    expect_nothing_left();
    return loaded.error().message();
  }
};

TEST_F(Load, TakesADockerArchiveWithAllItsLayers) {
  auto loaded = load_files(docker_archive(config_of({base, top}), {base, top}, "app:1"));
  ASSERT_TRUE(loaded) << loaded.error().message();
  ASSERT_THAT(*loaded, SizeIs(1));
  EXPECT_THAT(loaded->front().names, ElementsAre("docker.io/library/app:1"));
  auto image = store->images().find("app:1").value();
  EXPECT_EQ(image.id, hex_of(oci::write_image_config(config_of({base, top}))));
  auto layers = store->layers().paths(image.config).value();
  ASSERT_THAT(layers, SizeIs(2));
  EXPECT_EQ(read_file(layers[0] + "/app").value(), "the app");
  EXPECT_EQ(read_file(layers[1] + "/bin/sh").value(), "shell");
  EXPECT_EQ(store->layers().size(image.config).value(), base.size() + top.size());
  EXPECT_TRUE(list_folder(folder + "/store/tmp")->empty());
}

TEST_F(Load, TakesAnImageLayoutFromAnArchiveAndFromAFolder) {
  auto made = layout(config_of({base}), {base});
  ASSERT_TRUE(load_files(made.files));
  auto image = store->images().find("localhost/app:1").value();
  EXPECT_EQ(image.descriptor.digest.hex(), hex_of(oci::write_manifest(made.manifest)));

  for (const auto& [path, bytes] : made.files) {
    ASSERT_TRUE(make_folders(folder + "/layout/blobs/sha256"));
    write("layout/" + path, bytes);
  }
  auto loaded = load_path("oci:" + folder + "/layout:localhost/app:1");
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_THAT(store->images().list().value(), SizeIs(1));
  EXPECT_THAT(load_path("oci:" + folder + "/layout:nope").error().message(), HasSubstr("has no image 'nope'"));
}

TEST_F(Load, ReadsNothingTwiceThatIsHereAlready) {
  auto files = docker_archive(config_of({base, top}), {base, top}, "app:1");
  ASSERT_TRUE(load_files(files));
  files[hex_of(base) + ".tar"] = std::string(base.size(), 'x');
  auto loaded = load_files(files);
  EXPECT_TRUE(loaded) << loaded.error().message();
}

TEST_F(Load, TakesAnImageThatHasALayerTwice) {
  auto loaded = load_files(docker_archive(config_of({base, top, base}), {base, top, base}, "app:1"));
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_THAT(store->images().find("app:1")->manifest.layers, SizeIs(3));
  EXPECT_THAT(store->layers().list().value(), SizeIs(2));
}

TEST_F(Load, ChoosesOneImageOfAnArchive) {
  auto files = docker_archive(config_of({base}), {base}, "app:1");
  files["manifest.json"] = fmt::format(
      R"([{{"Config":"config.json","RepoTags":["app:1","app:2"],"Layers":["{}.tar"]}},{{"Config":"gone","Layers":[]}}])",
      hex_of(base));
  auto loaded = load_path("docker-archive:" + write_tar(files) + ":app:2");
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_THAT(loaded->front().names, ElementsAre("docker.io/library/app:2"));
}

TEST_F(Load, UnpacksAgainWhatIsGone) {
  auto made = layout(config_of({base}), {base});
  ASSERT_TRUE(load_files(made.files));
  auto diff_id = config_of({base}).rootfs.diff_ids[0];
  ASSERT_TRUE(store->layers().remove(diff_id));
  ASSERT_TRUE(load_files(made.files));
  EXPECT_TRUE(store->layers().has(diff_id));
  ASSERT_TRUE(store->blobs().remove(diff_id));
  ASSERT_TRUE(load_files(made.files));
  EXPECT_TRUE(store->blobs().has(diff_id));
}

TEST_F(Load, RefusesALayerThatIsNotTheOneOfTheConfig) {
  auto files = docker_archive(config_of({base}), {top}, "app:1");
  EXPECT_EQ(refusal(files, Code::corrupt),
            fmt::format("layer 1 of docker.io/library/app:1 has the digest sha256:{}, not sha256:{}", hex_of(top),
                        hex_of(base)));
}

TEST_F(Load, RefusesABlobThatDoesNotMatchItsDigest) {
  auto made = layout(config_of({base}), {base});
  std::string other = base;
  other[600] ^= 1;
  made.files["blobs/sha256/" + hex_of(base)] = other;
  EXPECT_THAT(refusal(made.files, Code::corrupt),
              HasSubstr(fmt::format("layer 1 of localhost/app:1 has the digest sha256:{}, not sha256:{}", hex_of(other),
                                    hex_of(base))));
}

TEST_F(Load, RefusesABlobOfAnotherSize) {
  auto made = layout(config_of({base}), {base});
  made.manifest.layers[0].size += 1;
  made.seal();
  EXPECT_THAT(refusal(made.files, Code::corrupt), HasSubstr("layer 1 of localhost/app:1 has "));
}

TEST_F(Load, RefusesAManifestOrConfigThatWasChanged) {
  auto made = layout(config_of({base}), {base});
  auto& config = made.files["blobs/sha256/" + made.manifest.config.digest.hex()];
  config[config.size() - 2] = ' ';
  EXPECT_THAT(refusal(made.files, Code::corrupt), HasSubstr(made.manifest.config.digest.text() + " has the digest "));
  made = layout(config_of({base}), {base});
  made.files["blobs/sha256/" + made.index.manifests[0].digest.hex()] += ' ';
  EXPECT_THAT(refusal(made.files, Code::corrupt), HasSubstr(made.index.manifests[0].digest.text()));
}

TEST_F(Load, RefusesAMissingLayer) {
  auto made = layout(config_of({base, top}), {base, top});
  made.files.erase("blobs/sha256/" + hex_of(top));
  EXPECT_THAT(refusal(made.files, Code::not_found), HasSubstr("image.tar has no file blobs/sha256/" + hex_of(top)));
}

TEST_F(Load, RefusesADifferentNumberOfLayers) {
  auto made = layout(config_of({base, top}), {base});
  EXPECT_THAT(refusal(made.files, Code::corrupt), HasSubstr("lists 1 layers, the config 2"));
  EXPECT_THAT(refusal(docker_archive(config_of({base}), {base, top}, "a:1"), Code::corrupt),
              HasSubstr("manifest.json lists 2 layers of docker.io/library/a:1, its config 1"));
}

TEST_F(Load, RefusesDocumentsThatBreakTheirFormat) {
  auto files = docker_archive(config_of({base}), {base}, "app:1");
  files["config.json"] = R"({"os":"linux","architecture":7,"rootfs":{"type":"layers","diff_ids":[]}})";
  EXPECT_THAT(refusal(files, Code::invalid), HasSubstr("/architecture: "));
  files["manifest.json"] = R"([{"Config":5}])";
  EXPECT_THAT(refusal(files, Code::invalid), HasSubstr("manifest.json: /0/Config: "));
  files["manifest.json"] = "[";
  EXPECT_THAT(refusal(files, Code::invalid), HasSubstr("manifest.json: "));
  files["manifest.json"] = "[]";
  EXPECT_THAT(refusal(files, Code::not_found), HasSubstr("lists no image"));
  files["manifest.json"] = R"([{"Config":"config.json","RepoTags":["UPPER:x"],"Layers":[]}])";
  EXPECT_THAT(refusal(files, Code::invalid), HasSubstr("manifest.json: "));
}

TEST_F(Load, RefusesALayerThatIsDamaged) {
  std::string noise(4000, 'n');
  EXPECT_THAT(refusal(docker_archive(config_of({noise}), {noise}, "app:1"), Code::corrupt),
              HasSubstr("layer 1 of docker.io/library/app:1"));
}

TEST_F(Load, RefusesAnImageForAnotherPlatformUnlessItIsAskedFor) {
  auto config = config_of({base});
  config.architecture = "s390x";
  auto files = docker_archive(config, {base}, "app:1");
  EXPECT_EQ(refusal(files, Code::unsupported),
            fmt::format("image docker.io/library/app:1 is made for linux/s390x, and this machine is {} (--platform "
                        "linux/s390x takes it all the same)",
                        oci::text_of(oci::host_platform())));
  EXPECT_TRUE(load_files(files, oci::parse_platform("linux/s390x").value()));
}

TEST_F(Load, ChoosesThisMachinesImageOfAnIndex) {
  auto made = layout(config_of({base}), {base});
  oci::Index inner;
  inner.manifests = {made.index.manifests[0], made.index.manifests[0]};
  inner.manifests[0].platform = oci::Platform{.architecture = "s390x", .os = "linux"};
  inner.manifests[0].digest = archive::hash_of(as_bytes("not here"));
  inner.manifests[1].platform = oci::host_platform();
  std::string bytes = oci::write_index(inner);
  made.put(bytes);
  made.index.manifests = {describe(oci::kOciIndex, bytes)};
  made.index.manifests[0].annotations[oci::kRefName] = "localhost/many";
  made.files["index.json"] = oci::write_index(made.index);
  auto loaded = load_files(made.files, oci::parse_platform("riscv64").value());
  EXPECT_THAT(loaded.error().message(), HasSubstr("image localhost/many is not there for linux/riscv64, but for "
                                                  "linux/s390x, "));
  loaded = load_files(made.files);
  ASSERT_TRUE(loaded) << loaded.error().message();
  EXPECT_THAT(loaded->front().names, ElementsAre("localhost/many:latest"));
}

TEST_F(Load, RefusesAnArchiveOfSomethingElse) {
  EXPECT_THAT(refusal({{"etc/passwd", "root"}}, Code::invalid),
              HasSubstr("holds no image: there is neither manifest.json nor oci-layout (gantry import makes"));
  EXPECT_FALSE(load_path(write("text", "hello")));
  EXPECT_FALSE(load_path(folder));
  EXPECT_FALSE(load_path(folder + "/nowhere"));
  expect_nothing_left();
}

TEST_F(Load, ReadsAnArchiveThatIsCompressedByAnotherProgram) {
  std::string path = write_tar(docker_archive(config_of({base}), {base}, "app:1"));
  for (std::string program : {"gzip", "xz"}) {
    auto packed = run_command({.argv = {program, "-kf", path}});
    if (!packed || !packed->status.ok()) GTEST_SKIP() << program << " is not installed";
    auto loaded = load_path(path + (program == "gzip" ? ".gz" : ".xz"));
    ASSERT_TRUE(loaded) << loaded.error().message();
  }
  std::string cut = read_file(path + ".xz").value();
  auto loaded = load_path(write("cut.xz", std::string_view(cut).substr(0, cut.size() / 2)));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), Code::corrupt);
}

TEST_F(Load, SaysThatTheArchiveIsCutOff) {
  std::string whole = read_file(write_tar(docker_archive(config_of({base}), {base}, "app:1"))).value();
  for (std::size_t size : {std::size_t{0}, std::size_t{100}, whole.size() / 3, whole.size() / 2, whole.size() - 1025}) {
    auto loaded = load_path(write("cut.tar", std::string_view(whole).substr(0, size)));
    ASSERT_FALSE(loaded) << size;
    EXPECT_THAT(loaded.error().message(), HasSubstr("cut.tar")) << size;
  }
  expect_nothing_left();
}

}  // namespace
}  // namespace gantry::transfer
