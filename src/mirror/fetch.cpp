#include "mirror/fetch.hpp"

#include "mirror/watched.hpp"
#include "registry/document.hpp"

#include <tuple>

namespace gantry::mirror {

Result<> add_manifest(const Target& target, const oci::Document& document, const std::string& tag, bool partial) {
  auto manifest = TRY(registry::read_manifest(document.descriptor.media_type, document.bytes));
  manifest.record.digest = document.descriptor.digest;
  manifest.tag = tag;
  manifest.partial = partial;
  manifest.room = target.room;
  manifest.keep_tag = target.project != nullptr && target.project->protects(tag);
  return target.storage.metadata->put_manifest(target.repository, manifest, [&] {
    return target.storage.blobs.put(document.descriptor.digest, document.bytes);
  });
}

Result<> fetch_blob(const Target& target, const distribution::Repository& from, const oci::Digest& digest) {
  auto& storage = target.storage;
  const auto& [repository, room] = std::tie(target.repository, target.room);
  const auto found = TRY(from.find_blob(digest));
  if (!found) return fail(Code::not_found, "{} has no blob {}", from.label(), digest.text());
  const auto here = storage.blobs.size(digest);
  if (here && *here == static_cast<std::uint64_t>(found->size))
    return storage.metadata->link_blob({repository, digest, *here, room}, [&]() -> Result<> {
      if (!storage.blobs.has(digest)) return fail(Code::failed, "the blob {} is gone", digest.text());
      return {};
    });
  const std::string id = TRY(storage.uploads->begin(repository));
  auto session = TRY(storage.uploads->open(repository, id));
  auto fetched = [&]() -> Result<> {
    Watched source(TRY(from.blob(*found)), target.stops);
    TRY(session.append(source));
    return session.finish(digest, storage.blobs.path(digest), [&](const auto& publish) {
      return storage.metadata->link_blob({repository, digest, session.size(), room}, publish);
    });
  }();
  if (!fetched) best_effort(session.cancel());
  return fetched;
}

}  // namespace gantry::mirror
