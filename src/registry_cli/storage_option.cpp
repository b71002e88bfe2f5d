#include "registry_cli/storage_option.hpp"

#include "base/file.hpp"

#include <unistd.h>

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

Result<std::unique_ptr<accounts::Accounts>> open_accounts(const options::Globals& globals, const std::string& given,
                                                          Making make) {
  const std::string folder = TRY(storage_folder(globals, given)), path = folder + "/accounts.db";
  if (make == Making::yes) TRY(make_folders(folder));
  else if (!path_exists(path))
    return fail(Code::not_found, "the registry in {} has no accounts", folder)
        .with_cure("make the first with gantry registry user add --admin NAME");
  return with_context(accounts::Accounts::open(path), "open the registry's accounts {}", path);
}

std::string this_user() { return fmt::format("uid {} at the command line", getuid()); }

}  // namespace gantry::registry_cli
