#include "transfer/layer_blob.hpp"
#include "transfer/open_origin.hpp"

namespace gantry::transfer {

namespace {

class StoreOrigin final : public Origin {
 public:
  StoreOrigin(const store::Store& store, Lock used, store::Image image)
      : store_(store), used_(std::move(used)), image_(std::move(image)), name_("image " + label()) {}

  const std::string& name() const override { return name_; }

  Result<std::vector<Listed>> list(const std::string&) const override {
    return std::vector{Listed{.names = image_.names, .label = label(), .root = oci::bare(image_.descriptor)}};
  }

  Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const override {
    return std::make_unique<FileSource>(TRY(open_blob(store_, descriptor.digest)), descriptor.digest.text());
  }

 private:
  std::string label() const { return image_.names.empty() ? image_.id : image_.names.front(); }

  store::Store store_;
  Lock used_;
  store::Image image_;
  std::string name_;
};

}  // namespace

Result<std::unique_ptr<Origin>> open_store_origin(const store::Store& store, const std::string& name) {
  Lock used = TRY(store.use());
  auto image = TRY(store.images().find(name));
  return std::make_unique<StoreOrigin>(store, std::move(used), std::move(image));
}

Result<std::unique_ptr<Origin>> open_store_entry(const store::Store& store, const oci::Descriptor& entry) {
  Lock used = TRY(store.use());
  store::Image image;
  image.id = entry.digest.text();
  image.descriptor = entry;
  if (std::string name(store::name_of(entry)); !name.empty()) image.names.push_back(std::move(name));
  return std::make_unique<StoreOrigin>(store, std::move(used), std::move(image));
}

}  // namespace gantry::transfer
