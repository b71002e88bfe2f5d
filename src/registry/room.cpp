#include "registry/room.hpp"

#include "base/text.hpp"
#include "registry/lease.hpp"

namespace gantry::registry {

Result<std::uint64_t> bytes_of(sql::Database& database, std::string_view project) {
  // '0' follows '/' in ASCII.
  auto query = TRY(database.prepare(
      "WITH mine(id) AS (SELECT id FROM repositories WHERE name=?1 OR (name>?1||'/' AND name<?1||'0'))"
      " SELECT COALESCE(SUM(size), 0) FROM (SELECT digest, size FROM blobs WHERE repository IN (SELECT id FROM mine)"
      " UNION SELECT digest, size FROM manifests WHERE repository IN (SELECT id FROM mine))"));
  TRY(query.bind_all(project).step());
  return static_cast<std::uint64_t>(query.integer(0));
}

Result<> check_room(sql::Database& database, const Room& room) {
  if (room.bytes == 0) return {};
  const auto taken = TRY(bytes_of(database, room.project));
  if (taken <= room.bytes) return {};
  return fail(Code::unsupported, "the project {} may take {}, and this would make it {}", room.project,
              human_size(room.bytes), human_size(taken));
}

Result<std::uint64_t> Metadata::bytes_of(std::string_view project) {
  auto lent = TRY(lease());
  return registry::bytes_of(*lent, project);
}

Result<> Metadata::check_room(const Room& room) {
  if (room.bytes == 0) return {};
  auto lent = TRY(lease());
  return registry::check_room(*lent, room);
}

}  // namespace gantry::registry
