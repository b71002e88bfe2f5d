#include "base/file.hpp"
#include "base/json.hpp"
#include "edit/image_list.hpp"
#include "image_cli/manifest_commands.hpp"
#include "oci/media_types.hpp"
#include "options/print.hpp"
#include "remote/locations.hpp"
#include "remote/registry_options.hpp"
#include "transfer/commands.hpp"
#include "transfer/copy.hpp"
#include "transfer/open_origin.hpp"

namespace gantry::image_cli {

namespace {

struct ManifestPushArguments {
  std::optional<bool> all;
  bool remove = false;
  bool quiet = false;
  std::string digest_file;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< LIST [DESTINATION]
};

/// As podman: a name without a transport is one in a registry.
std::string destination_of(const std::string& given) {
  bool names_transport = transfer::parse_location(given).transport != transfer::Transport::detect;
  return names_transport ? given : "docker://" + given;
}

Result<int> run_push(const Globals& globals, const ManifestPushArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    auto list = TRY(edit::find_list(store, arguments.words[0]));
    auto origin = TRY(transfer::open_store_entry(store, list.entry));
    auto image = TRY(origin->list("")).front();
    auto target = TRY(remote::make_target(store, registries,
                                          destination_of(arguments.words.size() > 1 ? arguments.words[1] : list.name)));
    if (arguments.all.value_or(true)) TRY(transfer::copy(*origin, image, *target, {.all = true}));
    else TRY(target->finish(TRY(origin->document(image.root))));
    const std::string digest = image.root.digest.text();
    if (!arguments.digest_file.empty()) TRY(replace_file(arguments.digest_file, digest, 0644, Sync::no));
    if (arguments.remove) TRY(edit::remove_list(store, list.name));
    return arguments.quiet ? Result<>() : options::print(digest + "\n");
  }));
  return 0;
}

struct ManifestInspectArguments {
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< LIST
};

Result<int> run_inspect(const Globals& globals, const ManifestInspectArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  const std::string& name = arguments.words[0];
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    if (transfer::parse_location(name).transport == transfer::Transport::detect)
      return options::print(json::encode_pretty(TRY(edit::find_list(store, name)).index));
    auto from = TRY(remote::open_image(store, registries, name));
    if (!oci::is_index(from.image.root.media_type))
      return fail(Code::invalid, "{} is an image, not a list of images", name).with_cure("gantry image inspect");
    auto document = TRY(from.origin->document(from.image.root));
    return options::print(json::encode_pretty(TRY(oci::parse_index(document.bytes, name))));
  }));
  return 0;
}

constexpr options::Option kPushOptions[] = {
    options::flag<&ManifestPushArguments::all>(0, "all",
                                               "Push the images too; without them the destination must have "
                                               "them (default true)"),
    options::option<&ManifestPushArguments::digest_file>(0, "digestfile", "PATH", "Write the digest of the list here")
        .completing(options::Completes::files),
    options::flag<&ManifestPushArguments::quiet>('q', "quiet", "Print nothing"),
    options::flag<&ManifestPushArguments::remove>(0, "rm", "Remove the list afterwards"),
};
constexpr options::Group kPushGroups[] = {
    options::group(kPushOptions),
    options::group<&ManifestPushArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Group kInspectGroups[] = {
    options::group<&ManifestInspectArguments::registry>(remote::kRegistryOptions, "Registry options")};

}  // namespace

constinit const Command kManifestPush = options::command<run_push>({
    .name = "push",
    .summary = "Bring a list and its images to a registry",
    .synopsis = "[OPTIONS] LIST [DESTINATION]",
    .description =
        "DESTINATION is a name in a registry, or a place as `gantry image copy` has it; without one it is the name of "
        "the list. What is there already is not sent. Prints the digest of the list.",
    .groups = kPushGroups,
    .words = options::words<&ManifestPushArguments::words>({.name = "LIST", .least = 1, .most = 2}),
});

constinit const Command kManifestInspect = options::command<run_inspect>({
    .name = "inspect",
    .summary = "Print a list of images",
    .synopsis = "[OPTIONS] LIST",
    .description = "LIST is the name of a list in the store, or an index anywhere, as docker://NAME.",
    .groups = kInspectGroups,
    .words = options::words<&ManifestInspectArguments::words>({.name = "LIST", .least = 1, .most = 1}),
});

}  // namespace gantry::image_cli
