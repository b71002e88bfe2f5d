#pragma once

#include "accounts/accounts.hpp"
#include "options/globals.hpp"
#include "options/option.hpp"
#include "registry/storage.hpp"

#include <string>

namespace gantry::registry_cli {

/// Where the registry keeps things: as given, else `registry` below the folder of images and containers.
Result<std::string> storage_folder(const options::Globals& globals, const std::string& given);
/// The same opened, for commands that work on a registry that is there.
Result<registry::Storage> open_storage(const options::Globals& globals, const std::string& given);

/// `--storage` of a command that works on what a registry keeps.
template <auto Member>
consteval options::Option storage_option() {
  return options::option<Member>(0, "storage", "FOLDER", "Of this registry, as for `serve`")
      .completing(options::Completes::folders);
}

/// The accounts of a registry; `make` them when there are none yet, which closes it to all others.
enum class Making : bool { no, yes };
Result<std::unique_ptr<accounts::Accounts>> open_accounts(const options::Globals& globals, const std::string& given,
                                                          Making make = Making::no);
/// Who works on the accounts at the command line, for the log.
std::string this_user();

}  // namespace gantry::registry_cli
