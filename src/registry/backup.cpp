#include "registry/backup.hpp"

#include "archive/hash.hpp"
#include "base/file.hpp"
#include "sql/copy.hpp"

#include <fcntl.h>

#include <set>

namespace gantry::registry {

namespace {

/// A blob that is deleted and collected meanwhile is not in the next copy of the database either.
constexpr int kRounds = 5;
constexpr std::size_t kBuffer = 1u << 20;

Result<std::set<std::string>> digests_of(Metadata& metadata) {
  std::set<std::string> digests;
  for (const auto& links : {TRY(metadata.blob_links()), TRY(metadata.manifest_links())})
    for (const auto& link : links) digests.insert(link.digest);
  return digests;
}

/// Bytes of it. Code::not_found: it is gone.
Result<std::uint64_t> copy_blob(const content::Blobs& from, const content::Blobs& to, const oci::Digest& digest) {
  const Fd file = TRY(from.open(digest));
  auto ingest = TRY(to.begin());
  archive::Hasher hasher(digest.algorithm());
  PositionedSource source(file, 0, digest.text());
  const auto buffer = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
  std::uint64_t size = 0;
  while (const std::size_t got = TRY(source.read({buffer.get(), kBuffer}))) {
    const Bytes bytes(buffer.get(), got);
    hasher.update(bytes);
    TRY(write_all(ingest.fd(), as_text(bytes), "a copy of a blob"));
    size += got;
  }
  if (hasher.finish() != digest)
    return fail(Code::corrupt, "the blob {} is damaged", digest.text()).with_cure("gantry registry fsck --repair");
  TRY(ingest.commit(digest));
  return size;
}

/// False: a blob has gone meanwhile.
Result<bool> copy_blobs(Storage& storage, Storage& target, BackedUp& backed) {
  const auto digests = TRY(digests_of(*target.metadata));
  backed.blobs = digests.size();
  for (const auto& text : digests) {
    const auto digest = TRY(oci::Digest::parse(text));
    if (target.blobs.has(digest)) continue;
    auto copied = copy_blob(storage.blobs, target.blobs, digest);
    if (!copied && copied.error().code() == Code::not_found) return false;
    backed.bytes += TRY(std::move(copied));
    ++backed.copied;
  }
  return true;
}

Result<> copy_accounts(const std::string& from, const std::string& to) {
  if (!path_exists(from + "/accounts.db")) return {};
  TRY(sql::copy_database(from + "/accounts.db", to + "/accounts.db"));
  if (!path_exists(from + "/token.key")) return {};
  return replace_file(to + "/token.key", TRY(read_file(from + "/token.key")), 0600);
}

}  // namespace

Result<BackedUp> back_up(Storage& storage, const std::string& folder) {
  const std::string root = storage.blobs.root();
  TRY(content::Blobs::create(folder));
  TRY(make_folders(folder + "/uploads", 0700));
  auto alone = Lock::try_take(folder + "/uploads", Lock::Mode::exclusive);
  if (!alone && alone.error().code() == Code::busy)
    return fail(Code::busy, "a registry serves {}", folder).with_cure("choose another folder");
  const Lock lock = TRY(std::move(alone));
  TRY(copy_accounts(root, folder));
  BackedUp backed;
  for (int round = 0; round < kRounds; ++round) {
    TRY(sql::copy_database(root + "/registry.db", folder + "/registry.db"));
    auto target = TRY(Storage::open(folder));
    if (TRY(copy_blobs(storage, target, backed))) return backed;
  }
  return fail(Code::corrupt, "blobs of the registry in {} are missing", root)
      .with_cure("gantry registry fsck --repair");
}

}  // namespace gantry::registry
