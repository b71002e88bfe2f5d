#include "base/json.hpp"
#include "oci/media_types.hpp"
#include "store/images.hpp"
#include "transfer/checked_source.hpp"
#include "transfer/docker_archive.hpp"
#include "transfer/targets.hpp"

#include <set>

namespace gantry::transfer {

namespace {

std::string path_of(const oci::Descriptor& blob) {
  return blob.digest.hex() + (oci::is_config(blob.media_type) ? ".json" : ".tar");
}

class DockerArchiveTarget final : public Target {
 public:
  DockerArchiveTarget(std::unique_ptr<Destination> destination, Location location)
      : destination_(std::move(destination)), location_(std::move(location)) {}

  const std::string& name() const override { return location_.path; }
  Rewrite wants() const override {
    return {.compression = oci::Compression::none, .level = 0, .format = ManifestFormat::docker};
  }
  Result<bool> has(const oci::Descriptor& blob) override { return written_.contains(blob.digest); }

  Result<> put_blob(const oci::Descriptor& blob, const Opener& open) override {
    if (!written_.insert(blob.digest).second) return {};
    CheckedSource source(TRY(open(0)), blob.digest, "blob " + blob.digest.text());
    return destination_->put(path_of(blob), static_cast<std::uint64_t>(blob.size), source);
  }

  Result<> put_manifest(const oci::Document&) override { return no_index(); }

  Result<> finish(const oci::Document& root) override {
    if (!oci::is_manifest(root.descriptor.media_type)) return no_index();
    auto manifest = TRY(oci::parse_manifest(root.bytes, "the manifest"));
    DockerArchiveItem item{.config = path_of(manifest.config), .repo_tags = {}, .layers = {}};
    if (!location_.reference.empty()) item.repo_tags.push_back(TRY(store::local_name(location_.reference)));
    for (const auto& layer : manifest.layers) item.layers.push_back(path_of(layer));
    TRY(destination_->put("manifest.json", json::encode(std::vector{std::move(item)})));
    return destination_->finish();
  }

 private:
  Result<> no_index() const {
    return fail(Code::unsupported, "{}: a docker-archive holds the image for one platform", name())
        .with_cure("leave out --all");
  }

  std::unique_ptr<Destination> destination_;
  Location location_;
  std::set<oci::Digest> written_;
};

}  // namespace

Result<std::unique_ptr<Target>> make_docker_archive_target(const Location& location) {
  return std::make_unique<DockerArchiveTarget>(TRY(make_archive(location.path)), location);
}

}  // namespace gantry::transfer
