#include "registry/lease.hpp"

#include <algorithm>
#include <map>

namespace gantry::registry {

namespace {

using ById = std::map<std::int64_t, StoredImage>;

Result<> read_images(sql::Database& database, std::string_view repository, ById& images) {
  auto query =
      TRY(database.prepare("SELECT m.id, m.digest, m.pushed, m.subject FROM manifests m JOIN repositories r"
                           " ON r.id=m.repository WHERE r.name=?"));
  query.bind_all(repository);
  while (TRY(query.step())) {
    auto& image = images[query.integer(0)];
    image.digest = TRY(oci::Digest::parse(query.text(1)));
    image.time = query.integer(2);
    if (!query.text(3).empty()) image.subject = TRY(oci::Digest::parse(query.text(3)));
  }
  return {};
}

Result<> read_tags(sql::Database& database, std::string_view repository, ById& images) {
  auto query = TRY(database.prepare(
      "SELECT m.id, t.name, t.changed FROM tags t JOIN repositories r ON r.id=t.repository JOIN manifests"
      " m ON m.repository=r.id AND m.digest=t.digest WHERE r.name=? ORDER BY t.name"));
  query.bind_all(repository);
  while (TRY(query.step())) {
    auto& image = images[query.integer(0)];
    image.tags.emplace_back(query.text(1));
    image.time = std::max(image.time, query.integer(2));
  }
  return {};
}

Result<> read_parts(sql::Database& database, std::string_view repository, ById& images) {
  auto query = TRY(database.prepare(
      "SELECT p.manifest, p.digest FROM parts p JOIN manifests m ON m.id=p.manifest JOIN repositories r"
      " ON r.id=m.repository WHERE r.name=? AND EXISTS(SELECT 1 FROM manifests c WHERE"
      " c.repository=r.id AND c.digest=p.digest)"));
  query.bind_all(repository);
  while (TRY(query.step())) images[query.integer(0)].parts.push_back(TRY(oci::Digest::parse(query.text(1))));
  return {};
}

}  // namespace

Result<std::vector<StoredImage>> Metadata::images(std::string_view repository) {
  ById images;
  // A transaction is one view of all the tables.
  TRY(write([&](sql::Database& database) -> Result<> {
    TRY(read_images(database, repository, images));
    TRY(read_tags(database, repository, images));
    return read_parts(database, repository, images);
  }));
  std::vector<StoredImage> all;
  for (auto& [id, image] : images) all.push_back(std::move(image));
  return all;
}

Result<std::int64_t> Metadata::job_time(std::string_view job) {
  auto lent = TRY(lease());
  auto query = TRY(lent->prepare("SELECT time FROM jobs WHERE name=?"));
  return TRY(query.bind_all(job).step()) ? query.integer(0) : 0;
}

Result<> Metadata::note_job(std::string_view job, std::int64_t time) {
  return write([&](sql::Database& database) -> Result<> {
    auto insert =
        TRY(database.prepare("INSERT INTO jobs(name, time) VALUES(?,?) ON CONFLICT(name) DO UPDATE SET"
                             " time=excluded.time"));
    return insert.bind_all(job, time).run();
  });
}

}  // namespace gantry::registry
