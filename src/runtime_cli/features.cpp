#include "options/print.hpp"
#include "runtime_cli/context.hpp"

namespace gantry::runtime_cli {

namespace {

struct FeaturesArguments {};

Result<int> features(const Globals&, const FeaturesArguments&) {
  TRY(options::print(oci::write_features(runtime::features())));
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
