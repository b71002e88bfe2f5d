#include "mirror/replicate_image.hpp"
#include "mirror/watched.hpp"
#include "registry/document.hpp"

#include <set>

namespace gantry::mirror {

namespace {

/// A part of a file that is open for as long as it is read.
class BlobFile final : public Source {
 public:
  BlobFile(Fd file, std::uint64_t from, std::string name)
      : file_(std::move(file)), source_(file_, from, std::move(name)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override { return source_.read(buffer); }

 private:
  Fd file_;
  PositionedSource source_;
};

class Pusher {
 public:
  Pusher(const ReplicationContext& context, std::string repository, const distribution::Repository& to)
      : context_(context), repository_(std::move(repository)), to_(to) {}

  /// With what it names and what is about it, under `tag` or its digest alone.
  Result<> push(const oci::Digest& digest, const std::string& reference, int depth = 0) {
    if (depth > kMostReplicatedDepth) return fail(Code::invalid, "manifests name manifests {} times over", depth);
    if (!seen_.insert(digest.text()).second) return {};
    const auto record = TRY(context_.storage.metadata->find_manifest(repository_, digest.text()));
    if (!record) return fail(Code::not_found, "{} has no manifest {}", repository_, digest.text());
    const auto bytes = TRY(context_.storage.blobs.read(digest, registry::kMaxManifest));
    const auto manifest = TRY(registry::read_manifest(record->media_type, bytes));
    for (const auto& part : manifest.manifests) TRY(push_part(part, depth + 1));
    for (const auto& blob : manifest.blobs) TRY(push_blob(blob));
    oci::Document document;
    document.bytes = bytes;
    document.descriptor.media_type = record->media_type;
    document.descriptor.digest = digest;
    document.descriptor.size = static_cast<std::int64_t>(bytes.size());
    TRY(to_.put_manifest(document, reference));
    for (const auto& about :
         TRY(context_.storage.metadata->referrers(repository_, digest, "", "", kMostReplicatedReferrers)))
      TRY(push(about.digest, about.digest.text(), depth + 1));
    return {};
  }

 private:
  /// An index may name what its registry has not.
  Result<> push_part(const oci::Digest& digest, int depth) {
    if (!TRY(context_.storage.metadata->find_manifest(repository_, digest.text()))) return {};
    if (TRY(to_.find_manifest(digest.text()))) return {};
    return push(digest, digest.text(), depth);
  }
  Result<> push_blob(const oci::Digest& digest) {
    if (context_.stops()) return stopped();
    if (TRY(to_.has_blob(digest))) return {};
    const auto& blobs = context_.storage.blobs;
    const oci::Descriptor descriptor{.media_type = "application/octet-stream",
                                     .digest = digest,
                                     .size = static_cast<std::int64_t>(TRY(blobs.size(digest)))};
    return to_.put_blob(descriptor, [&](std::uint64_t from) -> Result<std::unique_ptr<Source>> {
      auto file = std::make_unique<BlobFile>(TRY(blobs.open(digest)), from, "blob " + digest.text());
      return std::make_unique<Watched>(std::move(file), context_.stops);
    });
  }

  const ReplicationContext& context_;
  std::string repository_;
  const distribution::Repository& to_;
  std::set<std::string> seen_;
};

}  // namespace

Result<bool> push_image(const ReplicationContext& context, const std::string& repository, const std::string& tag,
                        const distribution::Repository& to) {
  const auto here = TRY(context.storage.metadata->find_manifest(repository, tag));
  if (!here) return false;  // removed meanwhile
  const auto there = TRY(to.find_manifest(tag));
  if (there && there->digest == here->digest) return false;
  TRY(Pusher(context, repository, to).push(here->digest, tag));
  return true;
}

}  // namespace gantry::mirror
