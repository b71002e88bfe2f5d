#include "container_cli/commands.hpp"
#include "options/sibling_program.hpp"
#include "transfer/commands.hpp"
#ifdef GANTRY_HAVE_REGISTRIES
#include "image_cli/commands.hpp"
#include "remote/commands.hpp"
#endif

namespace {

using gantry::options::Command;
namespace options = gantry::options;
namespace container_cli = gantry::container_cli;
namespace transfer = gantry::transfer;

#ifdef GANTRY_HAVE_REGISTRIES
namespace image_cli = gantry::image_cli;
namespace remote = gantry::remote;
#else
/// libcurl cannot be linked into a static program with Debian's packages.
namespace refused {

struct NoRegistryArguments {
  std::vector<std::string> words;
};

gantry::Result<int> refuse(const options::Globals&, const NoRegistryArguments&) {
  return gantry::fail(gantry::Code::unsupported, "this build of Gantry, which needs no libraries, talks to no registry")
      .with_cure("install its Debian package");
}

consteval Command command(std::string_view name, std::string_view second_name = {}) {
  return options::command<refuse>({
      .name = name,
      .second_name = second_name,
      .summary = "Not in this build: it talks to no registry",
      .synopsis = "",
      .description = "The build that needs no libraries talks to no registry.",
      .words = options::words<&NoRegistryArguments::words>({.name = "WORD"}),
  });
}

}  // namespace refused

namespace remote {

using refused::command;

constinit const Command kCopy = command("copy");
constinit const Command kDownload = command("download");
constinit const Command kLogin = command("login");
constinit const Command kLogout = command("logout");
constinit const Command kPull = command("pull");
constinit const Command kPush = command("push");

}  // namespace remote

namespace image_cli {

using refused::command;

constinit const Command kAppend = command("append");
constinit const Command kArtifact = command("artifact");
constinit const Command kBlob = command("blob");
constinit const Command kCat = command("cat");
constinit const Command kCatalog = command("catalog");
constinit const Command kConfig = command("config", "mutate");
constinit const Command kDigest = command("digest");
constinit const Command kExtract = command("extract");
constinit const Command kFind = command("find");
constinit const Command kFlatten = command("flatten");
constinit const Command kImageInspect = command("inspect");
constinit const Command kInsert = command("insert");
constinit const Command kLayers = command("layers");
constinit const Command kLock = command("lock");
constinit const Command kManifest = command("manifest");
constinit const Command kRebase = command("rebase");
constinit const Command kRepack = command("repack");
constinit const Command kSearch = command("search");
constinit const Command kSquash = command("squash");
constinit const Command kSync = command("sync");
constinit const Command kTags = command("tags");
constinit const Command kUnpack = command("unpack");
constinit const Command kValidate = command("validate");

}  // namespace image_cli
#endif

constexpr const Command* kImageCommands[] = {
    &image_cli::kAppend,   &image_cli::kBlob,         &transfer::kBootstrap,
    &image_cli::kCat,      &image_cli::kCatalog,      &image_cli::kConfig,
    &remote::kCopy,        &image_cli::kDigest,       &image_cli::kExtract,
    &image_cli::kFind,     &image_cli::kFlatten,      &transfer::kImport,
    &image_cli::kInsert,   &image_cli::kImageInspect, &image_cli::kLayers,
    &transfer::kLoad,      &image_cli::kLock,         &remote::kPull,
    &remote::kPush,        &image_cli::kRebase,       &image_cli::kRepack,
    &transfer::kSave,      &image_cli::kSearch,       &image_cli::kSquash,
    &image_cli::kSync,     &image_cli::kTags,         &image_cli::kUnpack,
    &image_cli::kValidate,
};
constinit const Command kImage = {
    .name = "image",
    .summary = "Work with images",
    .synopsis = "COMMAND",
    .description = "The commands on images that move them, look into them and change them.",
    .commands = kImageCommands,
};

constexpr const Command* kContainerCommands[] = {&container_cli::kCommit, &container_cli::kCp, &container_cli::kExport};
constinit const Command kContainer = {
    .name = "container",
    .summary = "Work with containers",
    .synopsis = "COMMAND",
    .description = "The commands on containers that write archives.",
    .commands = kContainerCommands,
};

constexpr const Command* kCommands[] = {
    &container_cli::kCommit,
    &container_cli::kCp,
    &image_cli::kArtifact,
    &kContainer,
    &remote::kDownload,
    &container_cli::kExport,
    &kImage,
    &transfer::kImport,
    &transfer::kLoad,
    &remote::kLogin,
    &remote::kLogout,
    &image_cli::kManifest,
    &remote::kPull,
    &remote::kPush,
    &transfer::kSave,
    &image_cli::kSearch,
    &container_cli::kVolume,
};
constinit const Command kRoot =
    options::sibling_root(kCommands, "The part of gantry that moves whole images. gantry itself calls it.");

}  // namespace

int main(int argc, char** argv) { return options::run_sibling(kRoot, argc, argv); }
