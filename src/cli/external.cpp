#include "cli/commands.hpp"

// What a sibling program answers, its help, man page and completion included. Here is what lists of commands show.

namespace gantry::cli {

constinit const Command kBootstrap = {
    .name = "bootstrap",
    .summary = "Make an image from this machine's own packages, without a registry",
    .program = "gantry-transfer",
};
constinit const Command kCopy = {
    .name = "copy",
    .summary = "Copy an image from one place to another",
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
constinit const Command kLogin = {
    .name = "login",
    .summary = "Log in to a registry",
    .program = "gantry-transfer",
};
constinit const Command kLogout = {
    .name = "logout",
    .summary = "Forget the credentials for a registry",
    .program = "gantry-transfer",
};
constinit const Command kPull = {
    .name = "pull",
    .summary = "Take images from a registry",
    .program = "gantry-transfer",
};
constinit const Command kPush = {
    .name = "push",
    .summary = "Bring an image to a registry",
    .program = "gantry-transfer",
};
constinit const Command kSave = {
    .name = "save",
    .summary = "Write images to an archive or a folder",
    .program = "gantry-transfer",
};

}  // namespace gantry::cli
