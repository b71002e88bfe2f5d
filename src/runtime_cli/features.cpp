#include "options/print.hpp"
#include "options/sibling.hpp"
#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

namespace {

struct FeaturesArguments {};

Result<int> features(const Globals&, const FeaturesArguments&) {
  runtime::Settings settings{.systemd_program = options::find_sibling(kSystemdProgram).value_or("")};
  TRY(options::print(oci::write_features(runtime::features(settings))));
  return 0;
}

}  // namespace

constinit const Command kFeatures = options::command<features>({
    .name = "features",
    .summary = "Print what this runtime can do, as JSON",
    .synopsis = "",
    .description = "Prints the feature document of the OCI runtime specification: its versions, and the namespaces, "
                   "capabilities, mount options, hooks, seccomp words and annotations that a config may use.",
});

}  // namespace gantry::runtime_cli
