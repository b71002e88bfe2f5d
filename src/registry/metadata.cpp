#include "registry/metadata.hpp"

#include "base/clock.hpp"
#include "registry/lease.hpp"
#include "registry/room.hpp"

namespace gantry::registry {

namespace {

constexpr const char* kMigrations[] = {
    "CREATE TABLE repositories (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE blobs (repository INTEGER NOT NULL REFERENCES repositories(id), digest TEXT NOT NULL,"
    " size INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (repository, digest)) WITHOUT ROWID;"
    "CREATE INDEX blobs_by_digest ON blobs(digest);"
    "CREATE TABLE manifests (id INTEGER PRIMARY KEY, repository INTEGER NOT NULL REFERENCES repositories(id),"
    " digest TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL, subject TEXT NOT NULL,"
    " artifact_type TEXT NOT NULL, annotations TEXT NOT NULL, pushed INTEGER NOT NULL, UNIQUE (repository, digest));"
    "CREATE INDEX manifests_by_subject ON manifests(repository, subject, digest);"
    "CREATE INDEX manifests_by_digest ON manifests(digest);"
    "CREATE TABLE parts (manifest INTEGER NOT NULL REFERENCES manifests(id) ON DELETE CASCADE, digest TEXT NOT NULL,"
    " PRIMARY KEY (manifest, digest)) WITHOUT ROWID;"
    "CREATE INDEX parts_by_digest ON parts(digest);"
    "CREATE TABLE tags (repository INTEGER NOT NULL REFERENCES repositories(id), name TEXT NOT NULL,"
    " digest TEXT NOT NULL, changed INTEGER NOT NULL, PRIMARY KEY (repository, name)) WITHOUT ROWID;"
    "CREATE INDEX tags_by_digest ON tags(repository, digest);",
    "ALTER TABLE manifests ADD COLUMN partial INTEGER NOT NULL DEFAULT 0;",
    "CREATE TABLE jobs (name TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;",
};

Result<sql::Database> open_database(const std::string& path) {
  auto database = TRY(sql::Database::open(path, kMigrations));
  // What a push was told to be here must be here after a power cut too.
  TRY(database.execute("PRAGMA synchronous=FULL"));
  return database;
}

/// The id of a repository; 0: there is none.
Result<std::int64_t> find_repository(sql::Database& database, std::string_view name) {
  auto query = TRY(database.prepare("SELECT id FROM repositories WHERE name=?"));
  const bool found = TRY(query.bind_all(name).step());
  return found ? query.integer(0) : 0;
}

Result<std::int64_t> make_repository(sql::Database& database, std::string_view name) {
  auto insert = TRY(database.prepare("INSERT INTO repositories(name) VALUES(?) ON CONFLICT DO NOTHING"));
  TRY(insert.bind_all(name).run());
  return find_repository(database, name);
}

/// The first column of the only row, if there is one; the statement can be run again then.
Result<std::optional<std::int64_t>> one_integer(sql::Statement& query) {
  std::optional<std::int64_t> found;
  while (TRY(query.step())) found = query.integer(0);
  return found;
}

Result<Page> read_page(sql::Statement& query, std::uint64_t most, const Metadata::Chooses& sees = {}) {
  Page page;
  while (TRY(query.step())) {
    if (sees && !sees(query.text(0))) continue;
    if (page.names.size() == most) {
      page.more = true;
      break;
    }
    page.names.emplace_back(query.text(0));
  }
  return page;
}

/// Columns: digest, media_type, size, artifact_type, annotations.
Result<ManifestRecord> read_record(const sql::Statement& query) {
  ManifestRecord record;
  record.digest = TRY(oci::Digest::parse(query.text(0)));
  record.media_type = query.text(1);
  record.size = static_cast<std::uint64_t>(query.integer(2));
  record.artifact_type = query.text(3);
  record.annotations = query.text(4);
  return record;
}

Result<> note_use(sql::Database& database, std::int64_t repository, const oci::Digest& digest) {
  auto update = TRY(database.prepare("UPDATE blobs SET used=? WHERE repository=? AND digest=?"));
  return update.bind_all(now(), repository, digest.text()).run();
}

/// What a manifest refers to is in the repository, and from now on in use.
Result<> require_parts(sql::Database& database, std::int64_t repository, const NewManifest& manifest) {
  auto blob = TRY(database.prepare("SELECT 1 FROM blobs WHERE repository=? AND digest=?"));
  auto document = TRY(database.prepare("SELECT 1 FROM manifests WHERE repository=? AND digest=?"));
  auto has = [&](sql::Statement& query, const oci::Digest& digest) -> Result<bool> {
    return TRY(one_integer(query.bind_all(repository, digest.text()))).has_value();
  };
  for (const auto& digest : manifest.blobs) {
    if (!TRY(has(blob, digest)) && !TRY(has(document, digest)))
      return fail(Code::not_found, "the blob {} is not in this repository", digest.text());
    TRY(note_use(database, repository, digest));
  }
  for (const auto& digest : manifest.manifests)
    if (!TRY(has(document, digest)) && !TRY(has(blob, digest)))
      return fail(Code::not_found, "the manifest {} is not in this repository", digest.text());
  return {};
}

/// A protected tag may be pushed again as long as it stays what it is.
Result<> require_same_tag(sql::Database& database, std::int64_t repository, std::string_view tag,
                          std::string_view digest) {
  auto query = TRY(database.prepare("SELECT digest FROM tags WHERE repository=? AND name=?"));
  if (!TRY(query.bind_all(repository, tag).step()) || query.text(0) == digest) return {};
  return fail(Code::unsupported, "the tag {} is protected and leads to {}", tag, query.text(0));
}

/// `text` gives the names of the tags that are about to go.
Result<> require_unprotected(sql::Statement& tags, const Metadata::Chooses& is_protected) {
  while (TRY(tags.step()))
    if (is_protected(tags.text(0))) return fail(Code::unsupported, "the tag {} is protected", tags.text(0));
  return {};
}

Result<> insert_manifest(sql::Database& database, std::int64_t repository, const NewManifest& manifest) {
  const auto& record = manifest.record;
  auto insert = TRY(database.prepare(
      "INSERT INTO manifests(repository, digest, media_type, size, subject, artifact_type, annotations, pushed, "
      "partial)"
      " VALUES(?,?,?,?,?,?,?,?,?) ON CONFLICT(repository, digest) DO UPDATE SET media_type=excluded.media_type,"
      " artifact_type=excluded.artifact_type, pushed=excluded.pushed, partial=min(partial, excluded.partial)"
      " RETURNING id"));
  const std::string digest = record.digest.text();
  insert.bind_all(repository, std::string_view(digest), std::string_view(record.media_type),
                  static_cast<std::int64_t>(record.size), manifest.subject ? manifest.subject->text() : std::string(),
                  std::string_view(record.artifact_type), std::string_view(record.annotations), now(),
                  std::int64_t{manifest.partial});
  const auto id = TRY(one_integer(insert));
  auto part = TRY(database.prepare("INSERT INTO parts(manifest, digest) VALUES(?,?) ON CONFLICT DO NOTHING"));
  for (const auto* list : {&manifest.blobs, &manifest.manifests})
    for (const auto& each : *list) TRY(part.bind_all(*id, each.text()).run());
  TRY(check_room(database, manifest.room));
  if (manifest.tag.empty()) return {};
  if (manifest.keep_tag) TRY(require_same_tag(database, repository, manifest.tag, digest));
  auto tag = TRY(database.prepare(
      "INSERT INTO tags(repository, name, digest, changed) VALUES(?,?,?,?)"
      " ON CONFLICT(repository, name) DO UPDATE SET digest=excluded.digest, changed=excluded.changed"));
  return tag.bind_all(repository, std::string_view(manifest.tag), std::string_view(digest), now()).run();
}

}  // namespace

Result<std::unique_ptr<Metadata>> Metadata::open(const std::string& path) {
  auto first = TRY(open_database(path));
  auto watcher = TRY(open_database(path));
  std::unique_ptr<Metadata> metadata(new Metadata(path));
  metadata->pool_.push_back(std::make_unique<sql::Database>(std::move(first)));
  metadata->watcher_ = std::make_unique<sql::Database>(std::move(watcher));
  return metadata;
}

Result<Metadata::Lease> Metadata::lease() {
  {
    std::lock_guard lock(pool_mutex_);
    if (!pool_.empty()) {
      auto database = std::move(pool_.back());
      pool_.pop_back();
      return Lease(*this, std::move(database));
    }
  }
  return Lease(*this, std::make_unique<sql::Database>(TRY(open_database(path_))));
}

Metadata::Lease::~Lease() {
  constexpr std::size_t kKept = 8;
  if (!database_) return;
  std::lock_guard lock(metadata_.pool_mutex_);
  if (metadata_.pool_.size() < kKept) metadata_.pool_.push_back(std::move(database_));
}

Result<> Metadata::write(const std::function<Result<>(sql::Database&)>& change) {
  std::lock_guard lock(writing_);
  auto lent = TRY(lease());
  auto transaction = TRY(sql::Transaction::begin(*lent));
  TRY(change(*lent));
  return transaction.commit();
}

Result<std::optional<std::uint64_t>> Metadata::use_blob(std::string_view repository, const oci::Digest& digest) {
  std::int64_t size = 0, used = 0;
  {
    auto lent = TRY(lease());
    auto query = TRY(lent->prepare(
        "SELECT b.size, b.used FROM blobs b JOIN repositories r ON r.id=b.repository WHERE r.name=? AND b.digest=?"));
    if (!TRY(query.bind_all(repository, digest.text()).step())) return std::nullopt;
    size = query.integer(0);
    used = query.integer(1);
  }
  if (now() - used > kUseNoted) {
    bool still_there = false;
    TRY(write([&](sql::Database& database) -> Result<> {
      const auto id = TRY(find_repository(database, repository));
      TRY(note_use(database, id, digest));
      still_there = database.changes() > 0;
      return {};
    }));
    if (!still_there) return std::nullopt;
  }
  return std::optional(static_cast<std::uint64_t>(size));
}

Result<std::optional<std::uint64_t>> Metadata::find_anywhere(const oci::Digest& digest, const Chooses& may_use) {
  auto lent = TRY(lease());
  auto query = TRY(
      lent->prepare("SELECT b.size, r.name FROM blobs b JOIN repositories r ON r.id=b.repository WHERE b.digest=?"));
  query.bind_all(digest.text());
  while (TRY(query.step()))
    if (may_use(query.text(1))) return std::optional(static_cast<std::uint64_t>(query.integer(0)));
  return std::nullopt;
}

Result<> Metadata::link_blob(const BlobEntry& entry, const std::function<Result<>()>& publish) {
  const auto& [repository, digest, size, room] = entry;
  return write([&](sql::Database& database) -> Result<> {
    const auto id = TRY(make_repository(database, repository));
    auto insert =
        TRY(database.prepare("INSERT INTO blobs(repository, digest, size, used) VALUES(?,?,?,?)"
                             " ON CONFLICT(repository, digest) DO UPDATE SET used=excluded.used"));
    TRY(insert.bind_all(id, digest.text(), static_cast<std::int64_t>(size), now()).run());
    TRY(registry::check_room(database, room));
    // Last: a file that has its name keeps it.
    return publish();
  });
}

Result<bool> Metadata::unlink_blob(std::string_view repository, const oci::Digest& digest) {
  bool removed = false;
  TRY(write([&](sql::Database& database) -> Result<> {
    const auto id = TRY(find_repository(database, repository));
    auto remove = TRY(database.prepare("DELETE FROM blobs WHERE repository=? AND digest=?"));
    TRY(remove.bind_all(id, digest.text()).run());
    removed = database.changes() > 0;
    return {};
  }));
  return removed;
}

Result<std::optional<ManifestRecord>> Metadata::find_manifest(std::string_view repository, std::string_view reference) {
  auto lent = TRY(lease());
  const bool by_digest = reference.find(':') != std::string_view::npos;
  auto query = TRY(
      lent->prepare(by_digest ? "SELECT m.digest, m.media_type, m.size, m.artifact_type, m.annotations FROM manifests m"
                                " JOIN repositories r ON r.id=m.repository WHERE r.name=? AND m.digest=?"
                              : "SELECT m.digest, m.media_type, m.size, m.artifact_type, m.annotations FROM tags t"
                                " JOIN repositories r ON r.id=t.repository JOIN manifests m ON m.repository=r.id AND"
                                " m.digest=t.digest WHERE r.name=? AND t.name=?"));
  if (!TRY(query.bind_all(repository, reference).step())) return std::nullopt;
  return std::optional(TRY(read_record(query)));
}

Result<> Metadata::put_manifest(std::string_view repository, const NewManifest& manifest,
                                const std::function<Result<>()>& publish) {
  return write([&](sql::Database& database) -> Result<> {
    const auto id = TRY(make_repository(database, repository));
    if (!manifest.partial) TRY(require_parts(database, id, manifest));
    TRY(publish());
    return insert_manifest(database, id, manifest);
  });
}

Result<bool> Metadata::remove_manifest(std::string_view repository, const oci::Digest& digest,
                                       const Chooses& is_protected) {
  bool removed = false;
  TRY(write([&](sql::Database& database) -> Result<> {
    const auto id = TRY(find_repository(database, repository));
    auto names = TRY(database.prepare("SELECT name FROM tags WHERE repository=? AND digest=?"));
    TRY(require_unprotected(names.bind_all(id, digest.text()), is_protected));
    auto tags = TRY(database.prepare("DELETE FROM tags WHERE repository=? AND digest=?"));
    TRY(tags.bind_all(id, digest.text()).run());
    auto remove = TRY(database.prepare("DELETE FROM manifests WHERE repository=? AND digest=?"));
    TRY(remove.bind_all(id, digest.text()).run());
    removed = database.changes() > 0;
    return {};
  }));
  return removed;
}

Result<bool> Metadata::remove_tag(std::string_view repository, std::string_view tag, const Chooses& is_protected) {
  bool removed = false;
  TRY(write([&](sql::Database& database) -> Result<> {
    const auto id = TRY(find_repository(database, repository));
    auto names = TRY(database.prepare("SELECT name FROM tags WHERE repository=? AND name=?"));
    TRY(require_unprotected(names.bind_all(id, tag), is_protected));
    auto remove = TRY(database.prepare("DELETE FROM tags WHERE repository=? AND name=?"));
    TRY(remove.bind_all(id, tag).run());
    removed = database.changes() > 0;
    return {};
  }));
  return removed;
}

Result<bool> Metadata::has_repository(std::string_view repository) {
  auto lent = TRY(lease());
  return TRY(find_repository(*lent, repository)) != 0;
}

Result<Page> Metadata::tags(std::string_view repository, std::string_view last, std::uint64_t most) {
  auto lent = TRY(lease());
  const auto id = TRY(find_repository(*lent, repository));
  auto query = TRY(lent->prepare("SELECT name FROM tags WHERE repository=? AND name>? ORDER BY name LIMIT ?"));
  return read_page(query.bind_all(id, last, static_cast<std::int64_t>(most) + 1), most);
}

Result<Page> Metadata::repositories(std::string_view last, std::uint64_t most, const Chooses& sees) {
  auto lent = TRY(lease());
  auto query = TRY(lent->prepare(
      "SELECT name FROM repositories r WHERE name>? AND EXISTS(SELECT 1 FROM manifests m WHERE m.repository=r.id)"
      " ORDER BY name"));
  return read_page(query.bind_all(last), most, sees);
}

Result<std::vector<ManifestRecord>> Metadata::referrers(std::string_view repository, const oci::Digest& subject,
                                                        std::string_view artifact_type, std::string_view last,
                                                        std::uint64_t most) {
  auto lent = TRY(lease());
  const auto id = TRY(find_repository(*lent, repository));
  auto query = TRY(lent->prepare(
      "SELECT digest, media_type, size, artifact_type, annotations FROM manifests WHERE repository=? AND subject=?"
      " AND digest>? AND (?4='' OR artifact_type=?4) ORDER BY digest LIMIT ?5"));
  query.bind_all(id, subject.text(), last, artifact_type, static_cast<std::int64_t>(most));
  std::vector<ManifestRecord> records;
  while (TRY(query.step())) records.push_back(TRY(read_record(query)));
  return records;
}

Result<std::int64_t> Metadata::version() {
  auto query = TRY(watcher_->prepare("PRAGMA data_version"));
  TRY(query.step());
  return query.integer(0);
}

}  // namespace gantry::registry
