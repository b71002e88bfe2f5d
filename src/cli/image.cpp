#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/inspections.hpp"
#include "store/store.hpp"

namespace gantry::cli {

namespace {

struct Inspect {
  std::string format;
  std::vector<std::string> names;
};
Result<int> inspect(const Globals& globals, const Inspect& arguments) {
  auto engine = TRY(open_engine(globals));
  return print_inspections(arguments.names, arguments.format,
                           [&](const std::string& name) { return inspect_image(engine, name); });
}
constexpr options::Option kInspectOptions[] = {
    options::option<&Inspect::format>('f', "format", "FORMAT", "Print by a Go template, each object on its own"),
};
constexpr options::Group kInspectGroups[] = {options::group(kInspectOptions)};
constinit const Command kImageInspect = options::command<inspect>({
    .name = "inspect",
    .summary = "Print everything about images",
    .synopsis = "[OPTIONS] IMAGE...",
    .description = "Prints an array of JSON objects with the fields that podman and docker have.",
    .groups = kInspectGroups,
    .words = options::words<&Inspect::names>(
        {.name = "IMAGE", .least = 1, .first = options::Completes::images, .rest = options::Completes::images}),
});

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

constexpr const Command* kCommands[] = {&kBootstrap, &kConfig, &kCopy,    &kExists,  &kImport, &kImageInspect, &kLoad,
                                        &kPull,      &kPush,   &kImageLs, &kImageRm, &kSave,   &kTag,          &kUntag};

}  // namespace

constinit const Command kImage = {
    .name = "image",
    .summary = "Work with images",
    .synopsis = "COMMAND",
    .description = "The commands about images in one place; most can be given without the word `image`.",
    .commands = kCommands,
};

}  // namespace gantry::cli
