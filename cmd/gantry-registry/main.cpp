#include "options/sibling_program.hpp"
#include "registry_cli/commands.hpp"

namespace {

using gantry::options::Command;
namespace options = gantry::options;
namespace registry_cli = gantry::registry_cli;

constexpr const Command* kRegistryCommands[] = {&registry_cli::kBackup, &registry_cli::kClean,   &registry_cli::kFsck,
                                                &registry_cli::kGc,     &registry_cli::kProject, &registry_cli::kRobot,
                                                &registry_cli::kServe,  &registry_cli::kUser};
constinit const Command kRegistry = {
    .name = "registry",
    .summary = "Run a registry of images",
    .synopsis = "COMMAND",
    .description = "A registry that needs nothing but this program and a folder.",
    .commands = kRegistryCommands,
};

constexpr const Command* kCommands[] = {&kRegistry};
constinit const Command kRoot =
    options::sibling_root(kCommands, "The part of gantry that serves images. gantry itself calls it.");

}  // namespace

int main(int argc, char** argv) { return options::run_sibling(kRoot, argc, argv); }
