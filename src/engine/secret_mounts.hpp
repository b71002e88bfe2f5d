#pragma once

#include "base/result.hpp"
#include "engine/config.hpp"
#include "linux/idmap.hpp"
#include "secrets/secrets.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gantry::engine {

struct SecretInput {
  const ContainerConfig& config;
  secrets::Secrets store;
  std::string folder;  ///< for their files: in memory, and gone with the container's run
  std::optional<linux::IdMaps> maps;
};

/// A container's secrets: files to mount, and variables.
struct GivenSecrets {
  std::vector<Mount> mounts;
  std::vector<std::string> env;
};

/// Opens the secrets that the config names and writes them where only the container's user can read them.
Result<GivenSecrets> give_secrets(const SecretInput& input);

}  // namespace gantry::engine
