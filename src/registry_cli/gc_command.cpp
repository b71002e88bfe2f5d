#include "base/clock.hpp"
#include "base/text.hpp"
#include "options/print.hpp"
#include "registry/collect.hpp"
#include "registry_cli/commands.hpp"
#include "registry_cli/storage_option.hpp"

namespace gantry::registry_cli {

namespace {

struct GcArguments {
  std::string storage;
  std::int64_t grace = 3600 * kSecond;
  bool untagged = false;
};

Result<int> run_gc(const Globals& globals, const GcArguments& arguments) {
  auto storage = TRY(open_storage(globals, arguments.storage));
  const auto collected =
      TRY(registry::collect(storage, {.before = now() - arguments.grace, .untagged = arguments.untagged}));
  TRY(options::print(fmt::format("Removed {} files, {}; dropped {} unused blobs and {} manifests from repositories\n",
                                 collected.files, human_size(collected.bytes), collected.links, collected.manifests)));
  return 0;
}

constexpr options::Option kOptions[] = {
    storage_option<&GcArguments::storage>(),
    options::option<&GcArguments::grace, options::read_duration>(0, "grace", "TIME",
                                                                 "Leave what was pushed or used since then (1h)"),
    options::flag<&GcArguments::untagged>(0, "untagged", "Remove manifests that no tag leads to as well"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry registry gc", "Remove what deleted images have left"},
    {"gantry registry gc --untagged --grace 24h", "Also images whose tag has moved on a day ago"},
};

}  // namespace

constinit const Command kGc = options::command<run_gc>({
    .name = "gc",
    .summary = "Remove what no image of a registry needs",
    .synopsis = "[OPTIONS]",
    .description =
        "Works while the registry serves, pushes and pulls included. Blobs that no manifest of their repository names "
        "are dropped, unless they were pushed or asked for of late: a push may be about to name them. With a grace of "
        "less than ten minutes that protection is gone, so do that only when nobody pushes.",
    .examples = kExamples,
    .groups = kGroups,
});

}  // namespace gantry::registry_cli
