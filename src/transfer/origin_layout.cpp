#include "base/log.hpp"
#include "store/images.hpp"
#include "transfer/file_names.hpp"
#include "transfer/origins.hpp"

namespace gantry::transfer {

namespace {

/// containerd's annotation holds the whole reference where the standard one may hold a tag alone.
std::string annotated_name(const oci::Descriptor& entry) {
  for (const char* key : {oci::kImageName, oci::kRefName})
    if (auto found = entry.annotations.find(key); found != entry.annotations.end()) return found->second;
  return {};
}

bool is_wanted(const oci::Descriptor& entry, const std::string& reference) {
  if (reference.empty() || reference == entry.digest.text()) return true;
  if (annotated_name(entry) == reference || store::name_of(entry) == reference) return true;
  auto given = store::local_name(reference), here = store::local_name(annotated_name(entry));
  return given && here && *given == *here;
}

class Layout final : public Origin {
 public:
  Layout(std::unique_ptr<Tree> tree, oci::Index index) : tree_(std::move(tree)), index_(std::move(index)) {}

  const std::string& name() const override { return tree_->name(); }

  Result<std::vector<Listed>> list(const std::string& reference) const override {
    std::vector<Listed> images;
    for (const auto& entry : index_.manifests)
      if (is_wanted(entry, reference)) images.push_back(listed(entry));
    return images;
  }

  Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const override {
    return tree_->open(layout_path(descriptor.digest));
  }

 private:
  Listed listed(const oci::Descriptor& entry) const {
    std::string name = annotated_name(entry);
    Listed image{.names = {}, .label = name.empty() ? entry.digest.text() : name, .root = entry};
    if (name.empty()) return image;
    auto whole = store::local_name(name);
    if (whole) image.names.push_back(std::move(*whole));
    else log::warning("{}: the name '{}' is passed over: {}", tree_->name(), name, whole.error().text());
    return image;
  }

  std::unique_ptr<Tree> tree_;
  oci::Index index_;
};

}  // namespace

Result<std::unique_ptr<Origin>> open_layout(std::unique_ptr<Tree> tree) {
  TRY(oci::parse_image_layout(TRY(tree->read("oci-layout")), tree->name() + ": oci-layout"));
  auto index = TRY(oci::parse_index(TRY(tree->read("index.json")), tree->name() + ": index.json"));
  return std::make_unique<Layout>(std::move(tree), std::move(index));
}

}  // namespace gantry::transfer
