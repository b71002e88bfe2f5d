#include "image_cli/manifest_commands.hpp"

#include "edit/image_list.hpp"
#include "options/print.hpp"
#include "transfer/commands.hpp"

#include <algorithm>

namespace gantry::image_cli {

namespace {

constexpr const Command* kCommands[] = {&kManifestAdd,     &kManifestAnnotate, &kManifestCreate, &kManifestExists,
                                        &kManifestInspect, &kManifestPush,     &kManifestRemove, &kManifestRm};

struct ManifestNames {
  std::vector<std::string> words;
};

Result<int> run_exists(const Globals& globals, const ManifestNames& arguments) {
  auto found = transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    TRY(edit::find_list(store, arguments.words[0]));
    return {};
  });
  bool is_missing = !found && (found.error().code() == Code::not_found || found.error().code() == Code::invalid);
  if (is_missing) return 1;
  TRY(std::move(found));
  return 0;
}

Result<int> run_rm(const Globals& globals, const ManifestNames& arguments) {
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    for (const auto& name : arguments.words) TRY(edit::remove_list(store, name));
    return {};
  }));
  return 0;
}

Result<int> run_remove(const Globals& globals, const ManifestNames& arguments) {
  auto digest = TRY(oci::Digest::parse(arguments.words[1]));
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    auto changed = TRY(edit::change_list(store, arguments.words[0], [&](oci::Index& index) -> Result<> {
      if (std::erase_if(index.manifests, [&](const auto& entry) { return entry.digest == digest; }) > 0) return {};
      return fail(Code::not_found, "the list {} has no {}", arguments.words[0], digest.text());
    }));
    return options::print(changed.text() + "\n");
  }));
  return 0;
}

}  // namespace

constinit const Command kManifestExists = options::command<run_exists>({
    .name = "exists",
    .summary = "Tell whether a list exists",
    .synopsis = "LIST",
    .description = "Prints nothing. The exit status is 0 when the list exists and 1 when it does not.",
    .words = options::words<&ManifestNames::words>({.name = "LIST", .least = 1, .most = 1}),
});

constinit const Command kManifestRemove = options::command<run_remove>({
    .name = "remove",
    .summary = "Take an image out of a list",
    .synopsis = "LIST DIGEST",
    .description =
        "DIGEST is that of the image's manifest, as `gantry manifest inspect` shows it. Prints the digest of "
        "the list.",
    .words = options::words<&ManifestNames::words>({.name = "LIST and DIGEST", .least = 2, .most = 2}),
});

constinit const Command kManifestRm = options::command<run_rm>({
    .name = "rm",
    .summary = "Remove lists",
    .synopsis = "LIST...",
    .description = "The images in them stay as long as something else lists them.",
    .words = options::words<&ManifestNames::words>({.name = "LIST", .least = 1}),
});

constinit const Command kManifest = {
    .name = "manifest",
    .summary = "Work with lists of images for several platforms",
    .synopsis = "COMMAND",
    .description =
        "A list is an index of images, one for each platform, under one name. It is in the store together with its "
        "images, and `push` brings all of them to a registry.",
    .commands = kCommands,
};

}  // namespace gantry::image_cli
