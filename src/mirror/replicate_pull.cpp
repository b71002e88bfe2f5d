#include "mirror/replicate_image.hpp"
#include "mirror/watched.hpp"
#include "registry/document.hpp"

#include <set>

namespace gantry::mirror {

namespace {

class Puller {
 public:
  Puller(const ReplicationContext& context, const distribution::Repository& from, Target target)
      : context_(context), from_(from), target_(std::move(target)) {}

  /// With what it names and what is about it, under `tag` unless that is empty.
  Result<> pull(const std::string& reference, const std::string& tag, int depth = 0) {
    if (depth > kMostReplicatedDepth) return fail(Code::invalid, "manifests name manifests {} times over", depth);
    const auto document = TRY(from_.manifest(reference));
    if (!seen_.insert(document.descriptor.digest.text()).second) return {};
    const auto manifest = TRY(registry::read_manifest(document.descriptor.media_type, document.bytes));
    for (const auto& part : manifest.manifests)
      if (!TRY(has_manifest(part))) TRY(pull(part.text(), "", depth + 1));
    for (const auto& blob : manifest.blobs) TRY(pull_blob(blob));
    TRY(add_manifest(target_, document, tag, false));
    auto about = TRY(from_.referrers(document.descriptor.digest, ""));
    if (about.size() > kMostReplicatedReferrers) about.resize(kMostReplicatedReferrers);
    for (const auto& each : about)
      if (!TRY(has_manifest(each.digest))) TRY(pull(each.digest.text(), "", depth + 1));
    return {};
  }

 private:
  Result<bool> has_manifest(const oci::Digest& digest) {
    return TRY(target_.storage.metadata->find_manifest(target_.repository, digest.text())).has_value();
  }
  Result<> pull_blob(const oci::Digest& digest) {
    if (context_.stops()) return stopped();
    if (TRY(target_.storage.metadata->use_blob(target_.repository, digest))) return {};
    return fetch_blob(target_, from_, digest);
  }

  const ReplicationContext& context_;
  const distribution::Repository& from_;
  Target target_;
  std::set<std::string> seen_;
};

}  // namespace

Result<bool> pull_image(const ReplicationContext& context, const std::string& repository, const std::string& tag,
                        const distribution::Repository& from) {
  const auto there = TRY(from.find_manifest(tag));
  if (!there) return false;  // removed meanwhile
  const auto here = TRY(context.storage.metadata->find_manifest(repository, tag));
  if (here && here->digest == there->digest) return false;
  const auto* project = context.directory != nullptr ? context.directory->project_of(repository) : nullptr;
  Target target{.storage = context.storage,
                .repository = repository,
                .room = project != nullptr ? registry::Room{project->name, project->quota} : registry::Room{},
                .project = project,
                .stops = context.stops};
  TRY(Puller(context, from, std::move(target)).pull(tag, tag));
  context.changed();
  return true;
}

}  // namespace gantry::mirror
