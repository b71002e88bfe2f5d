#include "image_cli/append_layers.hpp"
#include "image_cli/commands.hpp"
#include "image_cli/edit_image.hpp"

namespace gantry::image_cli {

namespace {

struct AppendArguments {
  std::string tag;
  LayerOptions layer;
  EditOptions edit;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< SOURCE LAYER...
};

Result<int> run_append(const Globals& globals, const AppendArguments& arguments) {
  const auto& words = arguments.words;
  std::vector<std::string> layers(words.begin() + 1, words.end());
  auto append = [&](edit::Draft& draft, Workplace& place) {
    return append_layers(draft, place, layers, arguments.layer);
  };
  TRY(edit_image(globals, arguments.edit, arguments.registry, words[0], arguments.tag, "gantry image append", append));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&AppendArguments::tag>('t', "tag", "DESTINATION", "Bring the result here")};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&AppendArguments::layer>(kLayerOptions),
    options::group<&AppendArguments::edit>(kEditOptions),
    options::group<&AppendArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image append app files.tar.gz -t app:2", "Add a layer to an image of the store"},
    {"gantry image append scratch root.tar -t docker://localhost:5000/app",
     "Make an image of a tar, straight into a registry"},
};

}  // namespace

constinit const Command kAppend = options::command<run_append>({
    .name = "append",
    .summary = "Add tar archives to an image as layers",
    .synopsis = "[OPTIONS] SOURCE LAYER...",
    .description =
        "SOURCE and DESTINATION are places as `gantry image copy` has them, or names in the store; without a "
        "DESTINATION the result takes the name of SOURCE. `scratch` is an image without a layer, for this machine or "
        "for --platform. A LAYER that is compressed with gzip or zstd is taken byte for byte, a plain one is "
        "compressed, other compressions are replaced; - is standard input. Prints the digest of the manifest.",
    .sections = kPlaces,
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&AppendArguments::words>({.name = "SOURCE and LAYER",
                                                      .least = 2,
                                                      .first = options::Completes::images,
                                                      .rest = options::Completes::files}),
});

}  // namespace gantry::image_cli
