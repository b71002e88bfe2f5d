#include "registry/check.hpp"

#include "archive/hash.hpp"
#include "base/text.hpp"

#include <map>
#include <memory>

namespace gantry::registry {

namespace {

/// Why the file of a blob is not what it should be; empty: it is.
Result<std::string> flaw_of(const Storage& storage, const oci::Digest& digest, bool hash, Checked& checked) {
  const auto size = storage.blobs.size(digest);
  if (!size && size.error().code() == Code::not_found) return std::string("is missing");
  checked.bytes += TRY(Result<std::uint64_t>(size));
  ++checked.blobs;
  if (!hash) return std::string();
  constexpr std::size_t kBuffer = 1u << 20;
  FileSource source(TRY(storage.blobs.open(digest)), digest.text());
  archive::Hasher hasher(digest.algorithm());
  const auto buffer = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
  while (const std::size_t got = TRY(source.read({buffer.get(), kBuffer}))) hasher.update({buffer.get(), got});
  return hasher.finish() == digest ? std::string() : std::string("is damaged");
}

/// Who has what, by digest.
std::map<std::string, std::vector<std::string>> by_digest(const std::vector<BlobLink>& links, std::string_view kind,
                                                          std::map<std::string, std::vector<std::string>> known) {
  for (const auto& link : links) known[link.digest].push_back(fmt::format("{} of {}", kind, link.repository));
  return known;
}

}  // namespace

Result<Checked> check(Storage& storage, const CheckSettings& settings) {
  Checked checked;
  if (const auto flaws = TRY(storage.metadata->integrity()); !flaws.empty())
    for (const auto& flaw : split(flaws, '\n')) checked.problems.push_back("database: " + flaw);
  auto known = by_digest(TRY(storage.metadata->blob_links()), "a blob", {});
  known = by_digest(TRY(storage.metadata->manifest_links()), "a manifest", std::move(known));
  for (const auto& [text, users] : known) {
    const auto digest = oci::Digest::parse(text);
    if (!digest) {
      checked.problems.push_back(fmt::format("database: '{}' is no digest", text));
      continue;
    }
    const auto flaw = TRY(flaw_of(storage, *digest, settings.hash, checked));
    if (flaw.empty()) continue;
    if (settings.repair) {
      TRY(storage.metadata->drop_blob_everywhere(*digest, [&] { return storage.blobs.remove(*digest); }));
      ++checked.repaired;
    } else {
      checked.problems.push_back(fmt::format("{} {}: {}", text, flaw, join(users, ", ")));
    }
  }
  // What only a push can mend.
  for (const auto& part : TRY(storage.metadata->missing_parts()))
    checked.problems.push_back(
        fmt::format("{} is needed by a manifest of {}, which has it not", part.digest, part.repository));
  return checked;
}

}  // namespace gantry::registry
