#include "base/text.hpp"
#include "edit/image_list.hpp"
#include "image_cli/manifest_commands.hpp"
#include "options/print.hpp"
#include "remote/locations.hpp"
#include "remote/registry_options.hpp"
#include "transfer/commands.hpp"

#include <algorithm>

namespace gantry::image_cli {

namespace {

/// What is said of one image of a list.
struct ListedImageOptions {
  std::vector<std::string> annotations;
  std::string os;
  std::string architecture;
  std::string variant;
  std::string os_version;
};
constexpr options::Option kListedImageOptions[] = {
    options::option<&ListedImageOptions::annotations>(0, "annotation", "NAME=VALUE", "Note this beside the image"),
    options::option<&ListedImageOptions::architecture>(0, "arch", "ARCH", "It is for these processors"),
    options::option<&ListedImageOptions::os>(0, "os", "OS", "... this system"),
    options::option<&ListedImageOptions::os_version>(0, "os-version", "VERSION", "... this version of it"),
    options::option<&ListedImageOptions::variant>(0, "variant", "VARIANT", "... and this kind of the processors"),
};

Result<> apply(const ListedImageOptions& options, oci::Descriptor& entry) {
  for (const auto& text : options.annotations) {
    auto [name, value, found] = cut(text, '=');
    if (!found || name.empty()) return fail(Code::invalid, "annotation '{}' is not NAME=VALUE", text);
    entry.annotations[std::string(name)] = value;
  }
  oci::Platform platform = entry.platform.value_or(oci::Platform());
  if (!options.os.empty()) platform.os = options.os;
  if (!options.architecture.empty()) platform.architecture = options.architecture;
  if (!options.variant.empty()) platform.variant = options.variant;
  if (!options.os_version.empty()) platform.os_version = options.os_version;
  if (platform != oci::Platform()) entry.platform = std::move(platform);
  return {};
}

struct ManifestAddArguments {
  bool all = false;
  bool amend = false;  ///< of create
  std::optional<oci::Platform> platform;
  ListedImageOptions listed;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< LIST IMAGE...
};

/// The image takes the place of what the list has of it already.
Result<oci::Digest> add_image(const store::Store& store, const remote::Registries& registries,
                              const ManifestAddArguments& arguments, const std::string& image) {
  auto from = TRY(remote::open_image(store, registries, image));
  auto entries = TRY(edit::take_for_list(store, *from.origin, from.image, arguments.platform, arguments.all));
  for (auto& entry : entries) TRY(apply(arguments.listed, entry));
  return edit::change_list(store, arguments.words[0], [&](oci::Index& index) -> Result<> {
    for (const auto& entry : entries) {
      std::erase_if(index.manifests, [&](const auto& old) { return old.digest == entry.digest; });
      index.manifests.push_back(entry);
    }
    return {};
  });
}

Result<int> run_add(const Globals& globals, const ManifestAddArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    Lock used = TRY(store.use());  // what comes in stays until the list has it
    TRY(edit::find_list(store, arguments.words[0]));
    oci::Digest digest;
    for (std::size_t i = 1; i < arguments.words.size(); ++i)
      digest = TRY(add_image(store, registries, arguments, arguments.words[i]));
    return options::print(digest.text() + "\n");
  }));
  return 0;
}

Result<int> run_create(const Globals& globals, const ManifestAddArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    Lock used = TRY(store.use());
    auto digest = TRY(edit::create_list(store, arguments.words[0], arguments.amend)).entry.digest;
    for (std::size_t i = 1; i < arguments.words.size(); ++i)
      digest = TRY(add_image(store, registries, arguments, arguments.words[i]));
    return options::print(digest.text() + "\n");
  }));
  return 0;
}

struct ManifestAnnotateArguments {
  ListedImageOptions listed;
  bool index = false;
  std::vector<std::string> words;  ///< LIST [DIGEST]
};

Result<int> run_annotate(const Globals& globals, const ManifestAnnotateArguments& arguments) {
  if (arguments.index == (arguments.words.size() == 2))
    return fail(Code::invalid, "what is to be annotated?")
        .with_cure("LIST DIGEST, or --index LIST for the list itself");
  auto change = [&](oci::Index& index) -> Result<> {
    if (arguments.index) {
      oci::Descriptor whole{.media_type = {}, .digest = {}, .annotations = index.annotations};
      TRY(apply(arguments.listed, whole));
      if (whole.platform) return fail(Code::invalid, "a list is for no platform, its images are");
      index.annotations = std::move(whole.annotations);
      return {};
    }
    auto digest = TRY(oci::Digest::parse(arguments.words[1]));
    auto entry = std::ranges::find(index.manifests, digest, &oci::Descriptor::digest);
    if (entry == index.manifests.end())
      return fail(Code::not_found, "the list {} has no {}", arguments.words[0], digest.text());
    return apply(arguments.listed, *entry);
  };
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    auto digest = TRY(edit::change_list(store, arguments.words[0], change));
    return options::print(digest.text() + "\n");
  }));
  return 0;
}

constexpr options::Option kAddOptions[] = {
    options::flag<&ManifestAddArguments::all>(0, "all", "Add all images of an index, not the one for this machine"),
    options::option<&ManifestAddArguments::platform, oci::parse_platform>(
        0, "platform", "OS/ARCH[/VARIANT]", "Add the image of an index for this platform"),
};
constexpr options::Option kCreateOptions[] = {
    options::flag<&ManifestAddArguments::amend>('a', "amend", "Add to the list when there is one of this name"),
};
constexpr options::Option kAnnotateOptions[] = {
    options::flag<&ManifestAnnotateArguments::index>(0, "index", "Annotate the list itself"),
};
constexpr options::Group kListed = options::group<&ManifestAddArguments::listed>(kListedImageOptions);
constexpr options::Group kRegistry =
    options::group<&ManifestAddArguments::registry>(remote::kRegistryOptions, "Registry options");
constexpr options::Group kAddGroups[] = {options::group(kAddOptions), kListed, kRegistry};
constexpr options::Group kCreateGroups[] = {options::group(kCreateOptions), options::group(kAddOptions), kListed,
                                            kRegistry};
constexpr options::Group kAnnotateGroups[] = {options::group(kAnnotateOptions),
                                              options::group<&ManifestAnnotateArguments::listed>(kListedImageOptions)};
constexpr options::Example kExamples[] = {
    {"gantry manifest create app app:amd64 app:arm64", "Make a list of two images"},
    {"gantry manifest push app docker://quay.io/me/app:1", "Bring it and its images to a registry"},
};

}  // namespace

constinit const Command kManifestAdd = options::command<run_add>({
    .name = "add",
    .summary = "Add images to a list",
    .synopsis = "[OPTIONS] LIST IMAGE...",
    .description =
        "IMAGE is a place as `gantry image copy` has it, or a name in the store, where the image then is too. The list "
        "says of it for which platform it is, by its config or as the options say. Prints the digest of the list.",
    .groups = kAddGroups,
    .words = options::words<&ManifestAddArguments::words>(
        {.name = "LIST and IMAGE", .least = 2, .rest = options::Completes::images}),
});

constinit const Command kManifestAnnotate = options::command<run_annotate>({
    .name = "annotate",
    .summary = "Change what a list says of one of its images",
    .synopsis = "[OPTIONS] LIST [DIGEST]",
    .description =
        "DIGEST is that of the image's manifest, as `gantry manifest inspect` shows it. Prints the digest of "
        "the list.",
    .groups = kAnnotateGroups,
    .words = options::words<&ManifestAnnotateArguments::words>({.name = "LIST", .least = 1, .most = 2}),
});

constinit const Command kManifestCreate = options::command<run_create>({
    .name = "create",
    .summary = "Make a list of images",
    .synopsis = "[OPTIONS] LIST [IMAGE...]",
    .description = "IMAGE is as for `gantry manifest add`. Prints the digest of the list.",
    .examples = kExamples,
    .groups = kCreateGroups,
    .words =
        options::words<&ManifestAddArguments::words>({.name = "LIST", .least = 1, .rest = options::Completes::images}),
});

}  // namespace gantry::image_cli
