#include "base/build_time.hpp"
#include "edit/merge.hpp"
#include "image_cli/commands.hpp"
#include "image_cli/edit_image.hpp"

namespace gantry::image_cli {

namespace {

struct SquashArguments {
  std::int64_t top = 0;  ///< 0: it has to be said
  std::string tag;
  LayerOptions layer;
  EditOptions edit;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< SOURCE [DESTINATION]
};

/// `top`: 0 is all layers.
Result<int> squash_image(const Globals& globals, const SquashArguments& arguments, std::size_t top,
                         const std::string& created_by) {
  const auto& words = arguments.words;
  std::string destination = TRY(one_destination(words.size() > 1 ? words[1] : "", arguments.tag));
  auto max_mtime = TRY(source_date_epoch());
  auto change = [&](edit::Draft& draft, Workplace& place) {
    edit::SquashOptions options{.count = top == 0 ? draft.layers.size() : top,
                                .compression = arguments.layer.compression,
                                .max_mtime = max_mtime};
    return edit::squash(draft, options, place.note, place.tmp);
  };
  TRY(edit_image(globals, arguments.edit, arguments.registry, words[0], destination, created_by, change));
  return 0;
}

Result<int> run_flatten(const Globals& globals, const SquashArguments& arguments) {
  return squash_image(globals, arguments, 0, "gantry image flatten");
}

Result<int> run_squash(const Globals& globals, const SquashArguments& arguments) {
  if (arguments.top == 0)
    return fail(Code::invalid, "how many layers are to become one?")
        .with_cure("--top N; gantry image flatten takes them all");
  return squash_image(globals, arguments, static_cast<std::size_t>(arguments.top), "gantry image squash");
}

constexpr options::Option kTopOptions[] = {
    options::option<&SquashArguments::top, options::read_between<1, 100000>>(0, "top", "N",
                                                                             "The N topmost layers become one"),
};
constexpr options::Option kTagOptions[] = {
    options::option<&SquashArguments::tag>('t', "tag", "DESTINATION", "The same as the second word"),
};
constexpr options::Group kTop = options::group(kTopOptions);
constexpr options::Group kTag = options::group(kTagOptions);
constexpr options::Group kLayer = options::group<&SquashArguments::layer>(kLayerOptions);
constexpr options::Group kEdit = options::group<&SquashArguments::edit>(kEditOptions);
constexpr options::Group kRegistry =
    options::group<&SquashArguments::registry>(remote::kRegistryOptions, "Registry options");
constexpr options::Group kSquashGroups[] = {kTop, kTag, kLayer, kEdit, kRegistry};
constexpr options::Group kFlattenGroups[] = {kTag, kLayer, kEdit, kRegistry};
constexpr options::Words kWords = options::words<&SquashArguments::words>(
    {.name = "SOURCE", .least = 1, .most = 2, .first = options::Completes::images});
constexpr options::Example kFlattenExamples[] = {
    {"gantry image flatten app app:flat", "Make an image of one layer"},
};
constexpr options::Example kSquashExamples[] = {
    {"gantry image squash --top 3 app app:2", "Join what the last three steps of a build have added"},
};

}  // namespace

constinit const Command kFlatten = options::command<run_flatten>({
    .name = "flatten",
    .summary = "Make one layer of all layers of an image",
    .synopsis = "[OPTIONS] SOURCE [DESTINATION]",
    .description =
        "What upper layers remove or replace is gone from the result. The layer is sorted and holds every name once, "
        "so that equal files give equal bytes. SOURCE and DESTINATION are places as `gantry image copy` has them, or "
        "names in the store; without a DESTINATION the result takes the name of SOURCE. Prints the digest of the "
        "manifest.",
    .sections = kPlaces,
    .examples = kFlattenExamples,
    .groups = kFlattenGroups,
    .words = kWords,
});

constinit const Command kSquash = options::command<run_squash>({
    .name = "squash",
    .summary = "Make one layer of the topmost layers of an image",
    .synopsis = "[OPTIONS] SOURCE [DESTINATION]",
    .description =
        "The layers below stay as they are, shared with other images. SOURCE and DESTINATION are places as `gantry "
        "image copy` has them, or names in the store; without a DESTINATION the result takes the name of SOURCE. "
        "Prints the digest of the manifest.",
    .sections = kPlaces,
    .examples = kSquashExamples,
    .groups = kSquashGroups,
    .words = kWords,
});

}  // namespace gantry::image_cli
