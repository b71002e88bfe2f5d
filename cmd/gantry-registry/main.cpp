#include "options/program.hpp"
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

constexpr options::Group kGroups[] = {options::group(options::kGlobalOptions)};
constexpr const Command* kCommands[] = {&kRegistry};
constinit const Command kRoot = {
    .name = "gantry",
    .summary = "Work with containers and images",
    .synopsis = "[OPTIONS] COMMAND",
    .description = "The part of gantry that serves images. gantry itself calls it.",
    .groups = kGroups,
    .commands = kCommands,
};

}  // namespace

int main(int argc, char** argv) {
  options::Globals globals;
  return options::run_program({.root = kRoot, .globals = &globals, .ready = options::configure_log},
                              {argv, static_cast<std::size_t>(argc)});
}
