#include "engine/dependents.hpp"

#include "base/json.hpp"
#include "engine/namespaces.hpp"
#include "engine/state.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>

namespace gantry::engine {

namespace {

struct Dependent {
  std::string id;
  std::string name;
};
/// Who needs a container, by its id.
using Dependents = std::multimap<std::string, Dependent>;

Result<Dependents> all_dependents(Records& records) {
  // Those only that name containers in their configs: most need nobody, and a config is long.
  sql::Statement query = TRY(records.database().prepare(
      R"(SELECT id, name, config FROM containers WHERE config LIKE '%"container:%' OR config LIKE '%"needs":%')"));
  Dependents all;
  while (TRY(query.step())) {
    const Dependent one{std::string(query.text(0)), std::string(query.text(1))};
    const auto config = TRY(json::decode<ContainerConfig>(query.text(2), "the container's config"));
    for (const std::string& id : needed_containers(config)) all.emplace(id, one);
  }
  return all;
}

/// The container and, before it, all that need it, each once. (None needs itself: it needs what was there before it.)
void add_last(const std::string& id, const Dependents& dependents, std::vector<std::string>& ids) {
  if (std::ranges::find(ids, id) != ids.end()) return;
  const auto [first, last] = dependents.equal_range(id);
  for (const auto& [needed, one] : std::ranges::subrange(first, last)) add_last(one.id, dependents, ids);
  ids.push_back(id);
}

}  // namespace

Result<std::vector<std::string>> with_dependents(Engine& engine, const std::vector<std::string>& names) {
  Records& records = *TRY(engine.state().records());
  const Dependents dependents = TRY(all_dependents(records));
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    auto record = records.find(name);
    // Whoever removes it says so.
    if (!record) ids.push_back(name);
    else add_last(record->id, dependents, ids);
  }
  return ids;
}

Result<> check_not_needed(Engine& engine, const std::vector<std::string>& names) {
  Records& records = *TRY(engine.state().records());
  const Dependents dependents = TRY(all_dependents(records));
  if (dependents.empty()) return {};
  std::set<std::string> going;
  for (const std::string& name : names)
    if (auto record = records.find(name)) going.insert(record->id);
  for (const auto& [id, dependent] : dependents)
    if (going.contains(id) && !going.contains(dependent.id))
      return fail(Code::busy, "container '{}' needs '{}'", dependent.name, TRY(records.get(id))->name)
          .with_cure("remove that one first, or give --depend to remove both");
  return {};
}

}  // namespace gantry::engine
