#include "registry/collect.hpp"

#include "content/scratch.hpp"

#include <algorithm>

namespace gantry::registry {

namespace {

/// Files that are removed in one transaction: others who write wait for it.
constexpr std::size_t kBatch = 100;

Result<> remove_files(Storage& storage, Collected& collected) {
  const auto all = TRY(storage.blobs.list());
  for (std::size_t start = 0; start < all.size(); start += kBatch) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(start);
    const std::vector<oci::Digest> batch(first,
                                         first + static_cast<std::ptrdiff_t>(std::min(kBatch, all.size() - start)));
    TRY(storage.metadata->with_unreferenced(batch, [&](const oci::Digest& digest) -> Result<> {
      const auto size = storage.blobs.size(digest);
      TRY(storage.blobs.remove(digest));
      ++collected.files;
      collected.bytes += size ? *size : 0;
      return {};
    }));
  }
  return {};
}

}  // namespace

Result<Collected> collect(Storage& storage, const CollectSettings& settings) {
  Collected collected;
  // Manifests first: without them their blobs have no use.
  if (settings.untagged) collected.manifests = TRY(storage.metadata->drop_untagged_manifests(settings.before));
  collected.links = TRY(storage.metadata->drop_unused_blobs(settings.before));
  TRY(remove_files(storage, collected));
  TRY(content::abandoned(storage.blobs.root() + "/tmp"));  // what killed processes left goes with the list
  return collected;
}

}  // namespace gantry::registry
