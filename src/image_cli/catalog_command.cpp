#include "distribution/repository.hpp"
#include "image_cli/commands.hpp"
#include "options/print.hpp"
#include "registries/names.hpp"
#include "remote/registry_options.hpp"
#include "report/table.hpp"

namespace gantry::image_cli {

namespace {

struct CatalogArguments {
  bool full = false;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< REGISTRY
};

Result<int> run_catalog(const Globals&, const CatalogArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  std::string name = TRY(registries::parse_login_name(arguments.words[0]));
  distribution::Session session(TRY(registries.registry(std::string(registries::host_of(name)))));
  std::string lines;
  for (const auto& repository : TRY(distribution::catalog(session)))
    lines += (arguments.full ? session.access().host + "/" : "") + report::harmless(repository) + "\n";
  TRY(options::print(lines));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&CatalogArguments::full>(0, "full-ref", "Print whole names, the registry's before each"),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&CatalogArguments::registry>(
                                                                    remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image catalog localhost:5000", "List what a registry of one's own has"},
};

}  // namespace

constinit const Command kCatalog = options::command<run_catalog>({
    .name = "catalog",
    .summary = "List the repositories of a registry",
    .synopsis = "[OPTIONS] REGISTRY",
    .description = "Prints a repository a line. Most public registries list theirs to nobody.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&CatalogArguments::words>({.name = "REGISTRY", .least = 1, .most = 1}),
});

}  // namespace gantry::image_cli
