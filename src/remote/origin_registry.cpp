#include "remote/origin_registry.hpp"

#include "oci/media_types.hpp"
#include "remote/registry_access.hpp"

namespace gantry::remote {

namespace {

class RegistryOrigin final : public transfer::Origin {
 public:
  RegistryOrigin(distribution::Repository repository, const oci::Reference& reference, oci::Document root)
      : repository_(std::move(repository)), reference_(reference), root_(std::move(root)) {}

  const std::string& name() const override { return repository_.label(); }

  Result<std::vector<transfer::Listed>> list(const std::string&) const override {
    std::string name = reference_.canonical();
    return std::vector{transfer::Listed{.names = {name}, .label = name, .root = root_.descriptor}};
  }

  Result<std::unique_ptr<Source>> open(const oci::Descriptor& descriptor) const override {
    if (descriptor.digest == root_.descriptor.digest) return std::make_unique<TextSource>(root_.bytes);
    if (!oci::is_manifest(descriptor.media_type) && !oci::is_index(descriptor.media_type))
      return repository_.blob(descriptor);
    return std::make_unique<TextSource>(TRY(repository_.manifest(descriptor.digest.text())).bytes);
  }

  Result<std::unique_ptr<Source>> open_at(const oci::Descriptor& descriptor, std::uint64_t from) const override {
    return repository_.blob(descriptor, from);
  }

  bool has_parts() const override { return true; }

  Result<std::unique_ptr<Source>> open_part(const oci::Descriptor& descriptor, std::uint64_t from,
                                            std::uint64_t until) const override {
    return repository_.blob_part(descriptor, from, until);
  }

 private:
  distribution::Repository repository_;
  oci::Reference reference_;
  oci::Document root_;
};

}  // namespace

Result<std::unique_ptr<transfer::Origin>> open_registry_origin(distribution::Repository repository,
                                                               const oci::Reference& reference) {
  auto root = TRY(repository.manifest(wanted_of(reference)));
  return std::make_unique<RegistryOrigin>(std::move(repository), reference, std::move(root));
}

}  // namespace gantry::remote
