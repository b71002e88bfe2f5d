#include "cli/build_commands.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/inspections.hpp"
#include "options/sibling.hpp"
#include "store/store.hpp"

#include <algorithm>

namespace gantry::cli {

namespace {

struct ImageInspectArguments {
  std::string format;
  bool raw = false;     ///< these two gantry-transfer answers
  bool config = false;  ///< ...
  std::vector<std::string> names;
};
Result<int> inspect(const Globals& globals, const ImageInspectArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  return print_inspections(arguments.names, arguments.format,
                           [&](const std::string& name) { return inspect_image(engine, name); });
}
constexpr options::Option kInspectOptions[] = {
    options::flag<&ImageInspectArguments::config>(0, "config", "Print the config alone"),
    options::option<&ImageInspectArguments::format>('f', "format", "FORMAT",
                                                    "Print by a Go template, each object on its own"),
    options::flag<&ImageInspectArguments::raw>(0, "raw",
                                               "Print the manifest, the index or the config as its bytes are"),
};
constexpr options::Group kInspectGroups[] = {options::group(kInspectOptions)};

/// Whether a word asks for what gantry-transfer knows: images that are elsewhere, and documents as they are.
bool is_for_transfer(std::string_view word) {
  constexpr std::string_view kBeginnings[] = {
      "docker://",           "oci:",  "oci-archive:", "docker-archive:", "dir:", "ssh://", "docker-daemon:",
      "containers-storage:", "--raw", "--config",     "--tls-verify"};
  return std::ranges::any_of(kBeginnings, [&](auto beginning) { return word.starts_with(beginning); });
}

consteval Command inspect_command() {
  return options::command<inspect>({
      .name = "inspect",
      .summary = "Print everything about images",
      .synopsis = "[OPTIONS] IMAGE...",
      .description =
          "Prints an array of JSON objects with the fields that podman and docker have.\n"
          "An IMAGE of the form docker://NAME, oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME] or "
          "dir:PATH is looked at where it is, and prints what skopeo prints. Then `--no-tags`, `--platform` and the "
          "options about registries of `gantry pull` may be given too.",
      .groups = kInspectGroups,
      .words = options::words<&ImageInspectArguments::names>(
          {.name = "IMAGE", .least = 1, .first = options::Completes::images, .rest = options::Completes::images}),
  });
}
constinit const Command kInspectOfStore = inspect_command();

Result<int> inspect_anywhere(options::Call& call) {
  if (std::ranges::any_of(call.rest(), is_for_transfer)) return options::exec_sibling("gantry-transfer", call.argv());
  return kInspectOfStore.run(call);
}

consteval Command inspect_anywhere_command() {
  Command made = inspect_command();
  made.run = &inspect_anywhere;
  return made;
}
constinit const Command kImageInspect = inspect_anywhere_command();

struct Exists {
  std::vector<std::string> names;
};
Result<int> exists(const Globals& globals, const Exists& arguments) {
  auto engine = TRY(open_engine(globals));
  auto found = TRY(engine.images())->images().find(arguments.names[0]);
  if (!found && found.error().code() == Code::not_found) return 1;
  TRY(std::move(found));
  return 0;
}
constinit const Command kExists = options::command<exists>({
    .name = "exists",
    .summary = "Tell whether an image exists",
    .synopsis = "IMAGE",
    .description = "Prints nothing. The exit status is 0 when the image exists and 1 when it does not.",
    .words =
        options::words<&Exists::names>({.name = "IMAGE", .least = 1, .most = 1, .first = options::Completes::images}),
});

constexpr const Command* kCommands[] = {
    &kAppend, &kBlob,         &kBootstrap, &kCat,       &kCatalog,      &kConfig,  &kCopy,       &kImageDiff,
    &kDigest, &kExists,       &kExtract,   &kFind,      &kFlatten,      &kHistory, &kImport,     &kInsert,
    &kBuild,  &kImageInspect, &kLayers,    &kLoad,      &kLock,         &kImageLs, &kImageMount, &kImagePrune,
    &kPull,   &kPush,         &kRebase,    &kRepack,    &kImageRm,      &kSave,    &kSearch,     &kSquash,
    &kSync,   &kTag,          &kTags,      &kImageTree, &kImageUnmount, &kUnpack,  &kUntag,      &kValidate};

}  // namespace

constinit const Command kImage = {
    .name = "image",
    .summary = "Work with images",
    .synopsis = "COMMAND",
    .description = "The commands about images in one place; most can be given without the word `image`.",
    .commands = kCommands,
};

}  // namespace gantry::cli
