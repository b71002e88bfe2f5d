#include "edit/rebase.hpp"

#include "image_cli/commands.hpp"
#include "image_cli/edit_image.hpp"
#include "remote/locations.hpp"

namespace gantry::image_cli {

namespace {

constexpr const char* kBaseName = "org.opencontainers.image.base.name";
constexpr const char* kBaseDigest = "org.opencontainers.image.base.digest";

struct RebaseArguments {
  std::string old_base;
  std::string new_base;
  std::string tag;
  EditOptions edit;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< SOURCE [DESTINATION]
};

/// A base that stays open as long as the layers that come from it are wanted.
struct Base {
  remote::OpenedImage image;
  edit::Draft draft;
};

Result<Base> open_base(const Workplace& place, const std::string& location, const oci::Platform& platform) {
  Base base;
  base.image = TRY(remote::open_image(place.store, place.registries, location));
  base.draft = TRY(edit::open_draft(*base.image.origin, base.image.image, platform));
  return base;
}

/// Where the image says that its base is. The digest pins what the name may no longer mean.
Result<std::string> noted_base(const edit::Draft& draft) {
  const auto& annotations = draft.manifest.annotations;
  auto name = annotations.find(kBaseName);
  if (name == annotations.end())
    return fail(Code::invalid, "{} does not say what it is made on", draft.label).with_cure("--old-base NAME");
  auto reference = TRY(with_context(oci::parse_reference(name->second), "annotation {}", kBaseName));
  auto digest = annotations.find(kBaseDigest);
  if (digest != annotations.end())
    reference.digest = TRY(with_context(oci::Digest::parse(digest->second), "annotation {}", kBaseDigest));
  return "docker://" + reference.canonical();
}

/// Only what says where the base is can be found again: names in a registry.
void note_base(edit::Draft& draft, const Base& base, const std::string& location) {
  constexpr std::string_view kRegistry = "docker://";
  draft.manifest.annotations.erase(kBaseName);
  draft.manifest.annotations.erase(kBaseDigest);
  auto reference = oci::parse_reference(std::string_view(location).substr(std::min(kRegistry.size(), location.size())));
  if (!location.starts_with(kRegistry) || !reference) return;
  reference->digest.reset();
  draft.manifest.annotations[kBaseName] = oci::with_default_tag(std::move(*reference)).canonical();
  draft.manifest.annotations[kBaseDigest] = base.image.image.root.digest.text();
}

Result<int> run_rebase(const Globals& globals, const RebaseArguments& arguments) {
  if (arguments.new_base.empty())
    return fail(Code::invalid, "what is the image to be made on?").with_cure("--new-base NAME");
  const auto& words = arguments.words;
  std::string destination = TRY(one_destination(words.size() > 1 ? words[1] : "", arguments.tag));
  Base new_base;  // until the result has been delivered
  auto change = [&](edit::Draft& draft, Workplace& place) -> Result<> {
    oci::Platform platform = oci::normalized(oci::platform_of(draft.config));
    std::string old_location = arguments.old_base.empty() ? TRY(noted_base(draft)) : arguments.old_base;
    auto old_base = TRY(open_base(place, old_location, platform));
    new_base = TRY(open_base(place, arguments.new_base, platform));
    TRY(edit::rebase(draft, old_base.draft, new_base.draft, place.note));
    note_base(draft, new_base, arguments.new_base);
    return {};
  };
  TRY(edit_image(globals, arguments.edit, arguments.registry, words[0], destination, "gantry image rebase", change));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&RebaseArguments::old_base>(0, "old-base", "PLACE",
                                                "What the image is made on; by default what its annotations say"),
    options::option<&RebaseArguments::new_base>(0, "new-base", "PLACE", "What it is to be made on")
        .completing(options::Completes::images),
    options::option<&RebaseArguments::tag>('t', "tag", "DESTINATION", "The same as the second word"),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&RebaseArguments::edit>(kEditOptions),
    options::group<&RebaseArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image rebase --old-base debian:12.1 --new-base debian:12.2 app",
     "Bring an update of the base into an image"},
};

}  // namespace

constinit const Command kRebase = options::command<run_rebase>({
    .name = "rebase",
    .summary = "Put an image's own layers onto another base",
    .synopsis = "[OPTIONS] --new-base PLACE SOURCE [DESTINATION]",
    .description =
        "The lowest layers of the image have to be those of the old base; they are replaced by those of the new one. "
        "Nothing is built again, so that the new base has to be one on which the image's own files still work. SOURCE, "
        "DESTINATION and the bases are places as `gantry image copy` has them, or names in the store; without a "
        "DESTINATION the result takes the name of SOURCE. Prints the digest of the manifest.",
    .sections = kPlaces,
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&RebaseArguments::words>(
        {.name = "SOURCE", .least = 1, .most = 2, .first = options::Completes::images}),
});

}  // namespace gantry::image_cli
