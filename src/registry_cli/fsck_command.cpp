#include "base/text.hpp"
#include "options/print.hpp"
#include "registry/check.hpp"
#include "registry_cli/commands.hpp"
#include "registry_cli/storage_option.hpp"

namespace gantry::registry_cli {

namespace {

struct FsckArguments {
  std::string storage;
  bool quick = false;
  bool repair = false;
};

Result<int> run_fsck(const Globals& globals, const FsckArguments& arguments) {
  auto storage = TRY(open_storage(globals, arguments.storage));
  const auto checked = TRY(registry::check(storage, {.hash = !arguments.quick, .repair = arguments.repair}));
  for (const auto& problem : checked.problems) TRY(options::print(problem + "\n"));
  TRY(options::print(fmt::format("Looked at {} blobs, {}: {} repaired, {} problems\n", checked.blobs,
                                 human_size(checked.bytes), checked.repaired, checked.problems.size())));
  return checked.problems.empty() ? 0 : 1;
}

constexpr options::Option kOptions[] = {
    storage_option<&FsckArguments::storage>(),
    options::flag<&FsckArguments::quick>(0, "quick", "Look whether blobs are there, but do not read them"),
    options::flag<&FsckArguments::repair>(0, "repair", "Drop what is damaged or missing"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {{"gantry registry fsck", "Read every blob and compare its digest"}};

}  // namespace

constinit const Command kFsck = options::command<run_fsck>({
    .name = "fsck",
    .summary = "Check everything that a registry keeps",
    .synopsis = "[OPTIONS]",
    .description =
        "Compares the database with the files, and every file with its digest; works while the registry serves. The "
        "exit status is 1 when problems remain.\n"
        "A repair drops damaged and missing blobs and manifests from their repositories. Pushing an image again brings "
        "back what it lacks.",
    .examples = kExamples,
    .groups = kGroups,
});

}  // namespace gantry::registry_cli
