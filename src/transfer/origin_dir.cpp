#include "archive/hash.hpp"
#include "oci/media_types.hpp"
#include "transfer/origins.hpp"

namespace gantry::transfer {

namespace {

/// skopeo's dir: names blobs by hex digits alone, except for algorithms other than sha256.
std::string file_name(const oci::Digest& digest) {
  if (digest.algorithm() == oci::Algorithm::sha256) return digest.hex();
  return fmt::format("{}-{}", oci::name_of(digest.algorithm()), digest.hex());
}

class Dir final : public Origin {
 public:
  Dir(std::unique_ptr<Tree> tree, oci::Descriptor root) : tree_(std::move(tree)), root_(std::move(root)) {}

  const std::string& name() const override { return tree_->name(); }

  Result<std::vector<Listed>> list(const std::string&) const override {
    return std::vector{Listed{.names = {}, .label = tree_->name(), .root = root_}};
  }

  Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const override {
    if (descriptor.digest == root_.digest) return tree_->open("manifest.json");
    bool is_document = oci::is_manifest(descriptor.media_type) || oci::is_index(descriptor.media_type);
    return tree_->open(file_name(descriptor.digest) + (is_document ? ".manifest.json" : ""));
  }

 private:
  std::unique_ptr<Tree> tree_;
  oci::Descriptor root_;
};

}  // namespace

Result<std::unique_ptr<Origin>> open_dir(std::unique_ptr<Tree> tree) {
  std::string bytes = TRY(tree->read("manifest.json"));
  oci::Descriptor root{.media_type = oci::detect_media_type(bytes),
                       .digest = archive::hash_of(as_bytes(bytes)),
                       .size = static_cast<std::int64_t>(bytes.size())};
  if (!oci::is_manifest(root.media_type) && !oci::is_index(root.media_type))
    return fail(Code::invalid, "{}: manifest.json is neither an image manifest nor an index", tree->name());
  return std::make_unique<Dir>(std::move(tree), std::move(root));
}

}  // namespace gantry::transfer
