#include "cli/commands.hpp"

// What a sibling program answers, its help, man page and completion included. Here is what lists of commands show.

namespace gantry::cli {

constinit const Command kBootstrap = {
    .name = "bootstrap",
    .summary = "Make an image from this machine's own packages, without a registry",
    .program = "gantry-transfer",
};
constinit const Command kImport = {
    .name = "import",
    .summary = "Make an image from the tar archive of a root file system",
    .program = "gantry-transfer",
};
constinit const Command kLoad = {
    .name = "load",
    .summary = "Take images from an archive or a folder",
    .program = "gantry-transfer",
};
constinit const Command kSave = {
    .name = "save",
    .summary = "Write images to an archive or a folder",
    .program = "gantry-transfer",
};

}  // namespace gantry::cli
