#include "base/id.hpp"
#include "engine/state.hpp"
#include "engine/storage.hpp"

#include <algorithm>

namespace gantry::engine {

Volumes Engine::volumes() const { return state_->volumes(); }

Result<std::string> Engine::create_volume(Volume volume) {
  if (volume.name.empty()) volume.name = random_hex(32);
  volume.created = now();
  TRY(state_->volumes().create(volume));
  return volume.name;
}

Result<std::set<std::string>> Engine::used_volumes() {
  std::set<std::string> names;
  for (const Record& record : TRY(TRY(state_->records())->list()))
    for (const Mount& mount : record.config.mounts)
      if (mount.type == "volume") names.insert(mount.source);
  return names;
}

Result<std::vector<std::string>> Engine::volume_users(const std::string& name) {
  std::vector<std::string> users;
  for (const Record& record : TRY(TRY(state_->records())->list()))
    if (uses_volume(record.config, name)) users.push_back(record.name);
  return users;
}

Result<> Engine::remove_volume(const std::string& name, bool force) {
  TRY(state_->finish_interrupted());
  const Volumes volumes = state_->volumes();
  if (force)
    for (const auto& user : TRY(volume_users(name))) TRY(remove(user, true));
  // From here no container begins to use it.
  const Lock alone = TRY(volumes.keep_alone());
  const auto users = TRY(volume_users(name));
  if (!users.empty())
    return fail(Code::busy, "volume '{}' is used by container '{}'", name, users.front())
        .with_cure("remove the container first, or both with --force");
  TRY(volumes.get(name));
  return volumes.remove(name);
}

Result<std::vector<std::string>> Engine::prune_volumes(const std::function<bool(const Volume&)>& choose) {
  TRY(state_->finish_interrupted());
  const Volumes volumes = state_->volumes();
  const Lock alone = TRY(volumes.keep_alone());
  const auto records = TRY(TRY(state_->records())->list());
  std::vector<std::string> removed;
  for (const Volume& volume : TRY(volumes.list())) {
    auto uses = [&](const Record& record) { return uses_volume(record.config, volume.name); };
    if (std::ranges::any_of(records, uses) || !choose(volume)) continue;
    TRY(volumes.remove(volume.name));
    removed.push_back(volume.name);
  }
  return removed;
}

Result<> Engine::State::release_volumes(const ContainerConfig& config) {
  const Volumes volumes = this->volumes();
  for (const Mount& mount : config.mounts) {
    if (mount.type != "volume" || !volumes.is_mounted(mount.source)) continue;
    bool is_used = false;
    for (const Record& record : TRY(TRY(records())->list()))
      is_used = is_used || (uses_volume(record.config, mount.source) && see(record).running());
    // Who is in it on the host keeps it: `gantry volume unmount` is for that.
    if (!is_used) best_effort(volumes.unmount(mount.source));
  }
  return {};
}

}  // namespace gantry::engine
