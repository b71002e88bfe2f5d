#include "base/file.hpp"
#include "edit/bundle.hpp"
#include "image_cli/commands.hpp"
#include "image_cli/edit_image.hpp"
#include "linux/idmap.hpp"
#include "remote/locations.hpp"
#include "transfer/commands.hpp"

#include <unistd.h>

namespace gantry::image_cli {

namespace {

struct UnpackArguments {
  std::optional<oci::Platform> platform;
  bool rootless = false;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< SOURCE BUNDLE
};

/// The same place, whatever the current folder will be.
Result<std::string> lasting(const std::string& source) {
  transfer::Location location = transfer::parse_location(source);
  switch (location.transport) {
    case transfer::Transport::oci:
    case transfer::Transport::oci_archive:
    case transfer::Transport::docker_archive:
    case transfer::Transport::dir: {
      auto start = source.find(':') + 1;
      std::string path = TRY(absolute_path(location.path));
      return source.substr(0, start) + path + source.substr(start + location.path.size());
    }
    default:
      return source;
  }
}

/// Only the caller's own id is mapped: every file can only be the caller's.
bool maps_one_id(const linux::IdMaps& maps) {
  return maps.uids.size() == 1 && maps.uids[0].count == 1 && maps.gids.size() == 1 && maps.gids[0].count == 1;
}

Result<int> run_unpack(const Globals& globals, const UnpackArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  std::string source = TRY(lasting(arguments.words[0]));
  edit::UnpackOptions options{.ignore_owners = arguments.rootless};
  if (geteuid() != 0) {
    options.id_maps = TRY(linux::rootless_maps());
    options.ignore_owners |= maps_one_id(*options.id_maps);
  }
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    auto from = TRY(remote::open_image(store, registries, source));
    auto draft = TRY(edit::open_draft(*from.origin, from.image, arguments.platform));
    edit::BundleOrigin origin{.source = source,
                              .manifest = draft.original,
                              .platform = oci::normalized(oci::platform_of(draft.config)),
                              .ignores_owners = options.ignore_owners};
    return edit::unpack(draft, origin, arguments.words[1], options);
  }));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&UnpackArguments::platform, oci::parse_platform>(
        0, "platform", "OS/ARCH[/VARIANT]", "Take the image for this platform out of an index"),
    options::flag<&UnpackArguments::rootless>(0, "rootless", "All files become ours, whoever the image gives them to"),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&UnpackArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image unpack oci:layout:app bundle", "Unpack an image of an OCI image layout"},
    {"gantry image unpack app bundle && gantry-runtime run -b bundle test", "Run it without an engine"},
};

}  // namespace

constinit const Command kUnpack = options::command<run_unpack>({
    .name = "unpack",
    .summary = "Unpack an image to a folder that a runtime can run, and that can be packed again",
    .synopsis = "[OPTIONS] SOURCE BUNDLE",
    .description =
        "SOURCE is a place as `gantry image copy` has it, or a name in the store. BUNDLE is a new folder. It gets the "
        "files of the image in rootfs, a config.json for a runtime, and a record of what the files were "
        "(gantry-bundle.json and an mtree), by which `gantry image repack` finds what has changed.\n"
        "For an ordinary user the files belong to the ids that /etc/subuid and /etc/subgid give, as in the store; with "
        "--rootless, or without such ids, all of them are the user's own. Devices are left out then.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&UnpackArguments::words>({.name = "SOURCE and BUNDLE",
                                                      .least = 2,
                                                      .most = 2,
                                                      .first = options::Completes::images,
                                                      .rest = options::Completes::folders}),
});

}  // namespace gantry::image_cli
