#include "remote/target_registry.hpp"
#include "remote/registry_access.hpp"

namespace gantry::remote {

namespace {

constexpr std::int64_t kNoted = 1 << 20;  ///< bytes from which on it is worth noting where an upload goes on

class RegistryTarget final : public transfer::Target {
 public:
  RegistryTarget(distribution::Repository repository, const oci::Reference& reference, std::string mount_from,
                 std::string notes)
      : repository_(std::move(repository)),
        reference_(reference),
        mount_from_(std::move(mount_from)),
        notes_(std::move(notes)) {}

  const std::string& name() const override { return repository_.label(); }

  Result<bool> has(const oci::Descriptor& blob) override {
    if (TRY(repository_.has_blob(blob.digest))) return true;
    return !mount_from_.empty() && TRY(repository_.mount_blob(blob.digest, mount_from_));
  }

  bool takes_several() const override { return true; }

  Result<> put_blob(const oci::Descriptor& blob, const transfer::Opener& open) override {
    // The registry compares the digest.
    if (blob.size < kNoted) return repository_.put_blob(blob, open);
    return repository_.put_blob(blob, open, distribution::UploadNote::open(notes_, name(), blob.digest));
  }

  Result<> put_manifest(const oci::Document& document) override {
    return repository_.put_manifest(document, document.descriptor.digest.text());
  }

  Result<> finish(const oci::Document& root) override {
    if (reference_.digest && *reference_.digest != root.descriptor.digest)
      return fail(Code::invalid, "{}: the manifest has the digest {}, not {}", name(), root.descriptor.digest.text(),
                  reference_.digest->text())
          .with_cure("name a tag instead");
    return repository_.put_manifest(root, wanted_of(reference_));
  }

 private:
  distribution::Repository repository_;
  oci::Reference reference_;
  std::string mount_from_;
  std::string notes_;
};

}  // namespace

std::unique_ptr<transfer::Target> make_registry_target(distribution::Repository repository,
                                                       const oci::Reference& reference, std::string mount_from,
                                                       const store::Store& store) {
  return std::make_unique<RegistryTarget>(std::move(repository), reference, std::move(mount_from),
                                          store.root() + "/uploads");
}

}  // namespace gantry::remote
