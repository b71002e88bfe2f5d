#include "image_cli/artifact_commands.hpp"

namespace gantry::image_cli {

namespace {

constexpr const Command* kCommands[] = {&kArtifactAttach, &kArtifactDiscover, &kArtifactPull, &kArtifactPush};

}  // namespace

constinit const Command kArtifact = {
    .name = "artifact",
    .summary = "Keep arbitrary files in registries",
    .synopsis = "COMMAND",
    .description =
        "Files that are no images, in registries and layouts as images are: charts, SBOMs, signatures, "
        "models. What oras pushes can be pulled, and the other way round.",
    .commands = kCommands,
};

}  // namespace gantry::image_cli
