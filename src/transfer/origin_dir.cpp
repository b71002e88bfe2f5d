#include "archive/describe.hpp"
#include "oci/media_types.hpp"
#include "transfer/file_names.hpp"
#include "transfer/origins.hpp"

namespace gantry::transfer {

namespace {

class Dir final : public Origin {
 public:
  Dir(std::unique_ptr<Tree> tree, oci::Descriptor root) : tree_(std::move(tree)), root_(std::move(root)) {}

  const std::string& name() const override { return tree_->name(); }

  Result<std::vector<Listed>> list(const std::string&) const override {
    return std::vector{Listed{.names = {}, .label = tree_->name(), .root = root_}};
  }

  Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const override {
    if (descriptor.digest == root_.digest) return tree_->open("manifest.json");
    return tree_->open(dir_path(descriptor));
  }

 private:
  std::unique_ptr<Tree> tree_;
  oci::Descriptor root_;
};

}  // namespace

Result<std::unique_ptr<Origin>> open_dir(std::unique_ptr<Tree> tree) {
  std::string bytes = TRY(tree->read("manifest.json"));
  auto root = archive::describe(oci::detect_media_type(bytes), bytes);
  if (!oci::is_manifest(root.media_type) && !oci::is_index(root.media_type))
    return fail(Code::invalid, "{}: manifest.json is neither an image manifest nor an index", tree->name());
  return std::make_unique<Dir>(std::move(tree), std::move(root));
}

}  // namespace gantry::transfer
