#include "engine/pod_records.hpp"

#include "base/json.hpp"

namespace gantry::engine {

Result<> PodRecords::insert(const PodRecord& pod) {
  sql::Statement insert =
      TRY(database_.prepare("INSERT INTO pods(id, name, created, infra, config) VALUES(?, ?, ?, ?, ?)"));
  insert.bind_all(pod.id, pod.name, pod.created, pod.infra, json::encode(pod.config));
  auto done = insert.run();
  if (done || done.error().code() != Code::exists) return done;
  return fail(Code::exists, "the name '{}' is taken by another pod", pod.name)
      .with_cure(fmt::format("choose another, or remove that one with: gantry pod rm {}", pod.name));
}

Result<> PodRecords::set_infra(const std::string& id, const std::string& infra) {
  sql::Statement update = TRY(database_.prepare("UPDATE pods SET infra = ? WHERE id = ?"));
  return update.bind_all(infra, id).run();
}

Result<> PodRecords::erase(const std::string& id) {
  sql::Statement remove = TRY(database_.prepare("DELETE FROM pods WHERE id = ?"));
  return remove.bind_all(id).run();
}

Result<std::vector<PodRecord>> PodRecords::select(std::string_view condition, std::string_view value) {
  sql::Statement query =
      TRY(database_.prepare(fmt::format("SELECT id, name, created, infra, config FROM pods {}", condition)));
  if (!value.empty()) query.bind(1, value);
  std::vector<PodRecord> pods;
  while (TRY(query.step())) {
    PodRecord pod{.id = std::string(query.text(0)),
                  .name = std::string(query.text(1)),
                  .created = query.integer(2),
                  .infra = std::string(query.text(3)),
                  .config = {}};
    pod.config = TRY(json::decode<PodConfig>(query.text(4), "a pod's config"));
    pods.push_back(std::move(pod));
  }
  return pods;
}

Result<PodRecord> PodRecords::find(const std::string& name) {
  if (name.empty()) return fail(Code::not_found, "no pod ''").with_cure("`gantry pod ps` lists them");
  auto found = TRY(select("WHERE name = ?1 OR id = ?1 ORDER BY name = ?1 DESC LIMIT 1", name));
  if (found.empty()) found = TRY(select("WHERE id >= ?1 AND id < ?1 || 'g' LIMIT 2", name));
  if (found.empty()) return fail(Code::not_found, "no pod '{}'", name).with_cure("`gantry pod ps` lists them");
  if (found.size() > 1)
    return fail(Code::invalid, "'{}' begins the ids of several pods", name).with_cure("give more of the id");
  return std::move(found.front());
}

Result<std::vector<PodRecord>> PodRecords::list() { return select("ORDER BY created DESC, rowid DESC", {}); }

}  // namespace gantry::engine
