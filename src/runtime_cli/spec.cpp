#include "base/file.hpp"
#include "options/print.hpp"
#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

namespace {

struct SpecArguments {
  std::string bundle = ".";
  bool rootless = false;
};

Result<int> spec(const Globals&, const SpecArguments& arguments) {
  std::string path = TRY(absolute(arguments.bundle)) + "/config.json";
  if (path_exists(path)) return fail(Code::exists, "{} exists already", path).with_cure("remove it first");
  TRY(replace_file(path, oci::write_spec(runtime::example_spec(arguments.rootless)), 0644, Sync::no));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&SpecArguments::bundle>('b', "bundle", "PATH", "The folder that gets config.json (default: here)")
        .completing(options::Completes::folders),
    options::flag<&SpecArguments::rootless>(0, "rootless", "For an ordinary user"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};

}  // namespace

constinit const Command kSpec = options::command<spec>({
    .name = "spec",
    .summary = "Write an example config.json",
    .synopsis = "[OPTIONS]",
    .description = "Writes a config that runs a shell in the folder 'rootfs' of the bundle.",
    .groups = kGroups,
});

}  // namespace gantry::runtime_cli
