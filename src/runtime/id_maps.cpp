#include "runtime/id_maps.hpp"

namespace gantry::runtime {

std::vector<linux::IdMap> maps_of(const std::vector<oci::IdMapping>& mappings) {
  std::vector<linux::IdMap> maps;
  for (const auto& one : mappings) maps.push_back({one.container_id, one.host_id, one.size});
  return maps;
}

Result<linux::IdMaps> id_maps_of(const oci::Spec& spec) {
  linux::IdMaps maps{maps_of(spec.linux->uid_mappings), maps_of(spec.linux->gid_mappings)};
  if (!maps.uids.empty() && !maps.gids.empty()) return maps;
  linux::IdMaps own = TRY(linux::rootless_maps());
  if (maps.uids.empty()) maps.uids = std::move(own.uids);
  if (maps.gids.empty()) maps.gids = std::move(own.gids);
  return maps;
}

}  // namespace gantry::runtime
