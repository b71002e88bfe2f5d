#include "base/clock.hpp"
#include "registry/lease.hpp"

// What collections and checks want of the database.

namespace gantry::registry {

namespace {

Result<std::vector<BlobLink>> read_links(sql::Database& database, std::string_view text) {
  auto query = TRY(database.prepare(text));
  std::vector<BlobLink> links;
  while (TRY(query.step())) links.push_back({std::string(query.text(0)), std::string(query.text(1))});
  return links;
}

}  // namespace

Result<std::int64_t> Metadata::drop_unused_blobs(std::int64_t before) {
  std::int64_t dropped = 0;
  TRY(write([&](sql::Database& database) -> Result<> {
    auto remove = TRY(database.prepare(
        "DELETE FROM blobs WHERE used<? AND NOT EXISTS(SELECT 1 FROM parts p JOIN manifests m ON m.id=p.manifest"
        " WHERE p.digest=blobs.digest AND m.repository=blobs.repository)"));
    TRY(remove.bind_all(before).run());
    dropped = database.changes();
    return {};
  }));
  return dropped;
}

Result<> Metadata::with_unreferenced(const std::vector<oci::Digest>& digests,
                                     const std::function<Result<>(const oci::Digest&)>& remove) {
  return write([&](sql::Database& database) -> Result<> {
    auto query =
        TRY(database.prepare("SELECT 1 WHERE EXISTS(SELECT 1 FROM blobs WHERE digest=?1) OR"
                             " EXISTS(SELECT 1 FROM manifests WHERE digest=?1)"));
    for (const auto& digest : digests) {
      bool found = false;
      query.bind_all(digest.text());
      while (TRY(query.step())) found = true;
      if (!found) TRY(remove(digest));
    }
    return {};
  });
}

Result<std::vector<BlobLink>> Metadata::blob_links() {
  auto lent = TRY(lease());
  return read_links(*lent, "SELECT r.name, b.digest FROM blobs b JOIN repositories r ON r.id=b.repository");
}

Result<std::vector<BlobLink>> Metadata::manifest_links() {
  auto lent = TRY(lease());
  return read_links(*lent, "SELECT r.name, m.digest FROM manifests m JOIN repositories r ON r.id=m.repository");
}

Result<std::vector<BlobLink>> Metadata::missing_parts() {
  auto lent = TRY(lease());
  return read_links(
      *lent,
      "SELECT DISTINCT r.name, p.digest FROM parts p JOIN manifests m ON m.id=p.manifest"
      " JOIN repositories r ON r.id=m.repository WHERE m.partial=0 AND NOT EXISTS(SELECT 1 FROM blobs b WHERE"
      " b.repository=r.id AND b.digest=p.digest) AND NOT EXISTS(SELECT 1 FROM manifests o WHERE"
      " o.repository=r.id AND o.digest=p.digest)");
}

Result<std::string> Metadata::integrity() {
  auto lent = TRY(lease());
  return lent->integrity();
}

Result<std::int64_t> Metadata::drop_untagged_manifests(std::int64_t before) {
  std::int64_t dropped = 0;
  TRY(write([&](sql::Database& database) -> Result<> {
    // Kept is what a tag names, what a kept index names, and what says something about a kept manifest.
    auto remove = TRY(database.prepare(
        "WITH RECURSIVE kept(id, repository, digest) AS ("
        " SELECT m.id, m.repository, m.digest FROM tags t JOIN manifests m"
        "  ON m.repository=t.repository AND m.digest=t.digest"
        " UNION SELECT c.id, c.repository, c.digest FROM kept k JOIN parts p ON p.manifest=k.id JOIN manifests c"
        "  ON c.repository=k.repository AND c.digest=p.digest"
        " UNION SELECT s.id, s.repository, s.digest FROM kept k JOIN manifests s"
        "  ON s.repository=k.repository AND s.subject=k.digest)"
        " DELETE FROM manifests WHERE pushed<? AND id NOT IN (SELECT id FROM kept)"));
    TRY(remove.bind_all(before).run());
    dropped = database.changes();
    return {};
  }));
  return dropped;
}

Result<> Metadata::confirm_manifest(std::string_view repository, const oci::Digest& digest) {
  return write([&](sql::Database& database) -> Result<> {
    auto update =
        TRY(database.prepare("UPDATE manifests SET pushed=? WHERE partial=1 AND digest=? AND"
                             " repository=(SELECT id FROM repositories WHERE name=?)"));
    return update.bind_all(now(), digest.text(), repository).run();
  });
}

Result<std::int64_t> Metadata::drop_partial_manifests(const std::function<std::int64_t(std::string_view)>& before) {
  std::int64_t dropped = 0;
  TRY(write([&](sql::Database& database) -> Result<> {
    std::vector<std::pair<std::int64_t, std::int64_t>> times;  // of repositories by their ids
    auto query = TRY(database.prepare(
        "SELECT id, name FROM repositories r WHERE EXISTS(SELECT 1 FROM manifests m WHERE m.repository=r.id"
        " AND m.partial=1)"));
    while (TRY(query.step())) times.emplace_back(query.integer(0), before(query.text(1)));
    auto remove = TRY(database.prepare("DELETE FROM manifests WHERE partial=1 AND repository=? AND pushed<?"));
    for (const auto& [id, time] : times) {
      TRY(remove.bind_all(id, time).run());
      dropped += database.changes();
    }
    return database.execute(
        "DELETE FROM tags WHERE NOT EXISTS(SELECT 1 FROM manifests m WHERE m.repository=tags.repository AND"
        " m.digest=tags.digest)");
  }));
  return dropped;
}

Result<> Metadata::drop_blob_everywhere(const oci::Digest& digest, const std::function<Result<>()>& remove) {
  return write([&](sql::Database& database) -> Result<> {
    for (const char* text : {"DELETE FROM blobs WHERE digest=?", "DELETE FROM tags WHERE digest=?",
                             "DELETE FROM manifests WHERE digest=?"}) {
      auto statement = TRY(database.prepare(text));
      TRY(statement.bind_all(digest.text()).run());
    }
    return remove();
  });
}

}  // namespace gantry::registry
