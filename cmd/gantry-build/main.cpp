#include "build_cli/commands.hpp"
#include "options/sibling_program.hpp"

namespace {

using gantry::options::Command;
namespace options = gantry::options;
namespace build_cli = gantry::build_cli;

constexpr const Command* kImageCommands[] = {&build_cli::kBuild};
constinit const Command kImage = {
    .name = "image",
    .summary = "Work with images",
    .synopsis = "COMMAND",
    .description = "The commands on images that build them.",
    .commands = kImageCommands,
};
constexpr const Command* kBuilderCommands[] = {
    &build_cli::kBuilderAdd,        &build_cli::kBuild,        &build_cli::kBuilderCommit, &build_cli::kBuilderConfig,
    &build_cli::kBuilderContainers, &build_cli::kBuilderCopy,  &build_cli::kBuilderFrom,   &build_cli::kBuilderInspect,
    &build_cli::kBuilderMount,      &build_cli::kBuilderPrune, &build_cli::kBuilderRm,     &build_cli::kBuilderRun,
    &build_cli::kBuilderUnmount,
};
constexpr options::Example kBuilderExamples[] = {
    {"c=$(gantry builder from busybox)", "Begin with an image"},
    {"gantry builder run $c sh -c 'echo hi >/hi'", "Change it"},
    {"gantry builder commit --rm $c app", "Make an image of what it is now"},
};
constinit const Command kBuilder = {
    .name = "builder",
    .summary = "Build images step by step, without a Dockerfile",
    .synopsis = "COMMAND",
    .description =
        "The step commands of buildah, for scripts: each changes a working container, and 'commit' makes an "
        "image of it.",
    .examples = kBuilderExamples,
    .commands = kBuilderCommands,
};
constexpr const Command* kCommands[] = {&build_cli::kBinfmt, &build_cli::kBuild, &kBuilder, &kImage, &build_cli::kTask};
constinit const Command kRoot =
    options::sibling_root(kCommands, "The part of gantry that builds images. gantry itself calls it.");

}  // namespace

int main(int argc, char** argv) { return options::run_sibling(kRoot, argc, argv); }
