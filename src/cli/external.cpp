#include "cli/build_commands.hpp"
#include "cli/commands.hpp"

// What a sibling program answers, its help, man page and completion included. Here is what lists of commands show.

namespace gantry::cli {

namespace {

consteval Command of_transfer(std::string_view name, std::string_view summary, std::string_view second_name = {}) {
  return {.name = name, .second_name = second_name, .summary = summary, .program = "gantry-transfer"};
}

}  // namespace

constinit const Command kAppend = of_transfer("append", "Add tar archives to an image as layers");
constinit const Command kArtifact = of_transfer("artifact", "Keep arbitrary files in registries");
constinit const Command kBlob = of_transfer("blob", "Print a blob of a repository");
constinit const Command kBootstrap =
    of_transfer("bootstrap", "Make an image from this machine's own packages, without a registry");
constinit const Command kBinfmt = {
    .name = "binfmt", .summary = "Run the programs of other machines", .program = "gantry-build"};
constinit const Command kBuild = {
    .name = "build", .second_name = "bud", .summary = "Build an image from a Dockerfile", .program = "gantry-build"};
constinit const Command kBuilder = {
    .name = "builder", .summary = "Build images step by step, without a Dockerfile", .program = "gantry-build"};
constinit const Command kCat = of_transfer("cat", "Print files of an image, wherever it is");
constinit const Command kCatalog = of_transfer("catalog", "List the repositories of a registry");
constinit const Command kConfig =
    of_transfer("config", "Change how an image is run, and what it says of itself", "mutate");
constinit const Command kCommit = of_transfer("commit", "Make an image of a container");
constinit const Command kCp = of_transfer("cp", "Copy files into and out of containers");
constinit const Command kCopy = of_transfer("copy", "Copy an image from one place to another");
constinit const Command kDigest = of_transfer("digest", "Print the digest of an image");
constinit const Command kExport = of_transfer("export", "Write the files of a container to a tar archive");
constinit const Command kExtract = of_transfer("extract", "Take files out of an image, wherever it is");
constinit const Command kFind = of_transfer("find", "List files of an image, wherever it is");
constinit const Command kFlatten = of_transfer("flatten", "Make one layer of all layers of an image");
constinit const Command kImport = of_transfer("import", "Make an image from the tar archive of a root file system");
constinit const Command kInsert = of_transfer("insert", "Put a file or folder into an image, as a layer");
constinit const Command kLayers =
    of_transfer("layers", "Show what the layers of an image add, change, remove and waste");
constinit const Command kLoad = of_transfer("load", "Take images from an archive or a folder");
constinit const Command kLock = of_transfer("lock", "Write digests behind the tags of images in YAML files");
constinit const Command kLogin = of_transfer("login", "Log in to a registry");
constinit const Command kLogout = of_transfer("logout", "Forget the credentials for a registry");
constinit const Command kManifest = of_transfer("manifest", "Work with lists of images for several platforms");
constinit const Command kPull = of_transfer("pull", "Take images from a registry");
constinit const Command kPush = of_transfer("push", "Bring an image to a registry");
constinit const Command kRebase = of_transfer("rebase", "Put an image's own layers onto another base");
constinit const Command kRegistry = {
    .name = "registry", .summary = "Run a registry of images", .program = "gantry-registry"};
constinit const Command kRepack =
    of_transfer("repack", "Make an image of a bundle, with a layer of what has changed in it");
constinit const Command kSave = of_transfer("save", "Write images to an archive or a folder");
constinit const Command kSearch = of_transfer("search", "Look for images in registries");
constinit const Command kSquash = of_transfer("squash", "Make one layer of the topmost layers of an image");
constinit const Command kSync = of_transfer("sync", "Copy the images that a file lists");
constinit const Command kTask = {
    .name = "task", .summary = "Run the tasks of a file, each in a container", .program = "gantry-build"};
constinit const Command kTags = of_transfer("tags", "List the tags of a repository");
constinit const Command kUnpack =
    of_transfer("unpack", "Unpack an image to a folder that a runtime can run, and that can be packed again");
constinit const Command kValidate = of_transfer("validate", "Check every digest, size and media type of images");

}  // namespace gantry::cli
