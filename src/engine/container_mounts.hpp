#pragma once

#include "engine/engine.hpp"

#include <string>
#include <vector>

namespace gantry::engine {

/// A container whose files are mounted on the host.
struct ContainerMount {
  Container container;
  std::string path;
};

/// Mounts the root of a container, without what is mounted in it, and says where. Of a container that runs it is the
/// very mount that it has. One that does not run can be started again once it is unmounted.
Result<std::string> mount_container(Engine& engine, const std::string& name);
/// The container's id. Code::busy when somebody is in it; with `force` it goes when they leave.
Result<std::string> unmount_container(Engine& engine, const std::string& name, bool force);
Result<std::vector<ContainerMount>> mounted_containers(Engine& engine);

/// Code::busy where a container is mounted on the host, which then has the right to its files.
Result<> check_not_mounted(const Settings& settings, const Container& container);
/// Takes a container's mount away, also from those who are in it.
void release_mount(const Settings& settings, const std::string& id);

}  // namespace gantry::engine
