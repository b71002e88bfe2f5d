#pragma once

#include "base/fd.hpp"
#include "engine/records.hpp"
#include "engine/volumes.hpp"
#include "linux/idmap.hpp"
#include "oci/identity.hpp"
#include "runtime/runtime.hpp"
#include "store/store.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

// What a container's volumes, images and binds become: named when it is created, found when it starts.

namespace gantry::engine {

/// Turns volumes_from into mounts of its own. `find` finds the other container by name.
Result<> take_volumes_from(ContainerConfig& config, const std::function<Result<Record>(const std::string&)>& find);
/// A mount of the container is at `target`.
bool is_covered(const ContainerConfig& config, const std::string& target);
/// Gives each anonymous volume a name, and images their id.
Result<> name_mounts(ContainerConfig& config, const store::Images& images);
/// Makes the volumes that do not exist.
Result<> make_volumes(const Volumes& volumes, const ContainerConfig& config);
Result<> remove_anonymous_volumes(const Volumes& volumes, const ContainerConfig& config);
bool uses_volume(const ContainerConfig& config, const std::string& name);
bool uses_image(const ContainerConfig& config, const std::string& id);

/// The mounts of a container that starts.
struct Storage {
  std::vector<Mount> mounts;                    ///< of types that the runtime knows
  std::vector<runtime::OverlayMount> overlays;  ///< those of them that are made of layers
  std::vector<std::string> filled;              ///< destinations: see runtime::CreateRequest
  std::vector<Fd> held;                         ///< what the sources of subpaths go through: until it has started
};

struct StorageInput {
  const ContainerConfig& config;
  const store::Store& store;
  const Volumes& volumes;
  std::string scratch;  ///< folder of the container for layers that do not outlive its run
  oci::Identity user;
  std::optional<linux::IdMaps> maps;
};
Result<Storage> find_storage(const StorageInput& input);

}  // namespace gantry::engine
