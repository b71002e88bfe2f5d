#include "base/file.hpp"
#include "base/text.hpp"
#include "options/print.hpp"
#include "registry/backup.hpp"
#include "registry_cli/commands.hpp"
#include "registry_cli/storage_option.hpp"

namespace gantry::registry_cli {

namespace {

struct RegistryBackupArguments {
  std::string storage;
  std::vector<std::string> words;  ///< FOLDER
};

Result<int> run_backup(const Globals& globals, const RegistryBackupArguments& arguments) {
  const std::string folder = TRY(absolute_path(arguments.words[0]));
  auto storage = TRY(open_storage(globals, arguments.storage));
  if (folder == storage.blobs.root())
    return fail(Code::invalid, "{} is the registry itself", folder).with_cure("choose another folder");
  const auto backed =
      TRY(with_context(registry::back_up(storage, folder), "back up {} to {}", storage.blobs.root(), folder));
  TRY(options::print(
      fmt::format("{} blobs, of which {} were copied, {}\n", backed.blobs, backed.copied, human_size(backed.bytes))));
  return 0;
}

constexpr options::Option kOptions[] = {storage_option<&RegistryBackupArguments::storage>()};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry registry backup /mnt/backup", "Copy what has changed since the last backup"},
    {"gantry registry backup --storage /mnt/backup /var/lib/gantry/registry",
     "Restore, while no registry serves there"},
};

}  // namespace

constinit const Command kBackup = options::command<run_backup>({
    .name = "backup",
    .summary = "Copy all that a registry keeps",
    .synopsis = "[OPTIONS] FOLDER",
    .description =
        "Works while the registry serves, pushes and deletions included: the backup is what it had at one moment, with "
        "its accounts and the key of its tokens. Blobs that the folder has already are not copied again.\n"
        "A backup is itself a registry's storage, which `serve --storage` serves; to restore it, back it up to where "
        "the registry was.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&RegistryBackupArguments::words>(
        {.name = "FOLDER", .least = 1, .most = 1, .first = options::Completes::folders}),
});

}  // namespace gantry::registry_cli
