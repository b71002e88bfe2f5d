#pragma once

#include "options/globals.hpp"
#include "registry/storage.hpp"

#include <string>

namespace gantry::registry_cli {

/// Where the registry keeps things: as given, else `registry` below the folder of images and containers.
Result<std::string> storage_folder(const options::Globals& globals, const std::string& given);
/// The same opened, for commands that work on a registry that is there.
Result<registry::Storage> open_storage(const options::Globals& globals, const std::string& given);

}  // namespace gantry::registry_cli
