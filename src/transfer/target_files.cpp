#include "base/file.hpp"
#include "content/blobs.hpp"
#include "content/scratch.hpp"
#include "store/store.hpp"
#include "transfer/checked_source.hpp"
#include "transfer/destination.hpp"
#include "transfer/file_names.hpp"
#include "transfer/targets.hpp"

#include <unistd.h>

#include <set>

namespace gantry::transfer {

namespace {

std::unique_ptr<Source> checked(std::unique_ptr<Source> source, const oci::Descriptor& blob) {
  return std::make_unique<CheckedSource>(std::move(source), blob.digest, "blob " + blob.digest.text());
}

std::string tmp_of(const Location& location) { return location.path + "/tmp"; }

/// Adds to a layout in place, as to a store: whatever happens, the layout that was there stays whole.
class LayoutTarget final : public Target {
 public:
  /// `keep_tmp`: others want the folder for what is not finished too.
  LayoutTarget(content::Blobs blobs, Location location, bool keep_tmp)
      : blobs_(std::move(blobs)), location_(std::move(location)), keep_tmp_(keep_tmp) {}
  ~LayoutTarget() override {
    if (!keep_tmp_) rmdir(tmp_of(location_).c_str());
  }

  const std::string& name() const override { return location_.path; }
  Result<bool> has(const oci::Descriptor& blob) override { return blobs_.has(blob.digest); }
  bool takes_several() const override { return true; }

  Result<> put_blob(const oci::Descriptor& blob, const Opener& open) override {
    auto source = checked(TRY(open(0)), blob);
    auto ingest = TRY(blobs_.begin());
    std::vector<std::byte> buffer(256u << 10);
    while (std::size_t got = TRY(source->read(buffer)))
      TRY(write_all(ingest.fd(), as_text(Bytes(buffer).first(got)), location_.path));
    return ingest.commit(blob.digest);
  }

  Result<> put_manifest(const oci::Document& document) override {
    return blobs_.put(document.descriptor.digest, document.bytes);
  }

  Result<> finish(const oci::Document& root) override {
    TRY(put_manifest(root));
    std::vector<std::string> names;
    if (!location_.reference.empty()) names.push_back(location_.reference);
    return store::Images(blobs_).add(oci::bare(root.descriptor), names);
  }

 private:
  content::Blobs blobs_;
  Location location_;
  bool keep_tmp_;
};

/// Files in a new archive or folder, which appears when it is complete.
class NewTarget : public Target {
 public:
  NewTarget(std::unique_ptr<Destination> destination, Location location)
      : destination_(std::move(destination)), location_(std::move(location)) {}

  const std::string& name() const override { return location_.path; }
  Result<bool> has(const oci::Descriptor& blob) override { return written_.contains(blob.digest); }

  Result<> put_blob(const oci::Descriptor& blob, const Opener& open) override {
    if (!written_.insert(blob.digest).second) return {};
    auto source = checked(TRY(open(0)), blob);
    return destination_->put(path_of(blob), static_cast<std::uint64_t>(blob.size), *source);
  }

  Result<> put_manifest(const oci::Document& document) override {
    if (!written_.insert(document.descriptor.digest).second) return {};
    return destination_->put(path_of(document.descriptor), document.bytes);
  }

 protected:
  virtual std::string path_of(const oci::Descriptor& descriptor) const = 0;
  Destination& destination() { return *destination_; }
  const Location& location() const { return location_; }

 private:
  std::unique_ptr<Destination> destination_;
  Location location_;
  std::set<oci::Digest> written_;
};

class ArchiveTarget final : public NewTarget {
 public:
  using NewTarget::NewTarget;

  Result<> finish(const oci::Document& root) override {
    TRY(put_manifest(root));
    oci::Index index;
    index.manifests.push_back(oci::bare(root.descriptor));
    if (!location().reference.empty()) index.manifests[0].annotations[oci::kRefName] = location().reference;
    TRY(destination().put("index.json", oci::write_index(index)));
    TRY(destination().put("oci-layout", oci::write_image_layout({})));
    return destination().finish();
  }

 private:
  std::string path_of(const oci::Descriptor& descriptor) const override { return layout_path(descriptor.digest); }
};

class DirTarget final : public NewTarget {
 public:
  using NewTarget::NewTarget;

  Result<> finish(const oci::Document& root) override {
    TRY(destination().put("manifest.json", root.bytes));
    TRY(destination().put("version", "Directory Transport Version: 1.1\n"));
    return destination().finish();
  }

 private:
  std::string path_of(const oci::Descriptor& descriptor) const override { return dir_path(descriptor); }
};

}  // namespace

Result<std::unique_ptr<Target>> make_layout_target(const Location& location) {
  if (location.path.empty()) return fail(Code::invalid, "oci: wants a folder").with_cure("oci:PATH[:NAME]");
  auto blobs = TRY(content::Blobs::create(location.path));
  best_effort(content::abandoned(tmp_of(location)));  // what a killed copy left goes
  return std::make_unique<LayoutTarget>(std::move(blobs), location, store::Store::is_at(location.path));
}

Result<std::unique_ptr<Target>> make_archive_target(const Location& location) {
  return std::make_unique<ArchiveTarget>(TRY(make_archive(location.path)), location);
}

std::unique_ptr<Target> make_archive_target(std::unique_ptr<Destination> destination, const Location& location) {
  return std::make_unique<ArchiveTarget>(std::move(destination), location);
}

Result<std::unique_ptr<Target>> make_dir_target(const Location& location) {
  return std::make_unique<DirTarget>(TRY(make_folder(location.path)), location);
}

}  // namespace gantry::transfer
