#include "registry_cli/storage_option.hpp"

#include "base/file.hpp"

namespace gantry::registry_cli {

Result<std::string> storage_folder(const options::Globals& globals, const std::string& given) {
  if (!given.empty()) return absolute_path(given);
  return TRY(options::folders(globals)).root + "/registry";
}

}  // namespace gantry::registry_cli
