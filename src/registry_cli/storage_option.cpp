#include "registry_cli/storage_option.hpp"

#include "base/file.hpp"

namespace gantry::registry_cli {

Result<std::string> storage_folder(const options::Globals& globals, const std::string& given) {
  if (!given.empty()) return absolute_path(given);
  return TRY(options::folders(globals)).root + "/registry";
}

Result<registry::Storage> open_storage(const options::Globals& globals, const std::string& given) {
  const std::string folder = TRY(storage_folder(globals, given));
  if (!path_exists(folder + "/registry.db"))
    return fail(Code::not_found, "{} is no registry's storage", folder).with_cure("name it with --storage");
  return with_context(registry::Storage::open(folder), "open the registry's storage {}", folder);
}

}  // namespace gantry::registry_cli
