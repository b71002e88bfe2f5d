#include "edit/config_changes.hpp"
#include "image_cli/append_layers.hpp"
#include "image_cli/commands.hpp"
#include "image_cli/edit_image.hpp"

namespace gantry::image_cli {

namespace {

struct ConfigArguments {
  edit::ConfigChanges changes;
  std::vector<std::string> layers;
  std::string tag;
  LayerOptions layer;
  EditOptions edit;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< SOURCE [DESTINATION]
};

Result<int> run_config(const Globals& globals, const ConfigArguments& arguments) {
  const auto& words = arguments.words;
  std::string destination = TRY(one_destination(words.size() > 1 ? words[1] : "", arguments.tag));
  auto change = [&](edit::Draft& draft, Workplace& place) -> Result<> {
    TRY(append_layers(draft, place, arguments.layers, arguments.layer));
    TRY(edit::change_config(draft, arguments.changes));
    // Layers have notes of their own.
    if (!arguments.layers.empty()) return {};
    std::string created = draft.config.created;
    edit::add_note(draft, place.note, false);
    if (arguments.changes.created) draft.config.created = created;
    return {};
  };
  TRY(edit_image(globals, arguments.edit, arguments.registry, words[0], destination, "gantry image config", change));
  return 0;
}

using edit::ConfigChanges;
constexpr options::Option kConfigOptions[] = {
    options::option<&ConfigChanges::entrypoint>(0, "entrypoint", "WORD",
                                                "Start with this program: a word each time, or a JSON list"),
    options::option<&ConfigChanges::cmd>(0, "cmd", "WORD", "... and these arguments of it"),
    options::option<&ConfigChanges::env>('e', "env", "NAME=VALUE", "Set a variable of the environment"),
    options::option<&ConfigChanges::labels>('l', "label", "NAME=VALUE", "Set a label"),
    options::option<&ConfigChanges::user>('u', "user", "USER[:GROUP]", "Run as this user"),
    options::option<&ConfigChanges::workdir>('w', "workdir", "PATH", "Run in this folder"),
    options::option<&ConfigChanges::ports>(0, "exposed-port", "PORT[/PROTOCOL]", "Say that it serves this port")
        .also("expose"),
    options::option<&ConfigChanges::volumes>(0, "volume", "PATH", "Say that what is there outlives containers"),
    options::option<&ConfigChanges::stop_signal>(0, "stop-signal", "SIGNAL", "Stop it by this signal"),
    options::option<&ConfigChanges::author>(0, "author", "TEXT", "Say who made the image"),
    options::option<&ConfigChanges::created>(0, "created", "TIME", "Say when: 2026-01-31T12:00:00Z or @SECONDS"),
    options::option<&ConfigChanges::os>(0, "os", "OS", "Say which system it is made for"),
    options::option<&ConfigChanges::architecture>(0, "architecture", "ARCH", "... which processors"),
    options::option<&ConfigChanges::variant>(0, "variant", "VARIANT", "... and which kind of them"),
    options::option<&ConfigChanges::platform, oci::parse_platform>(0, "set-platform", "OS/ARCH[/VARIANT]",
                                                                   "All of the three at once"),
    options::option<&ConfigChanges::annotations>(0, "annotation", "NAME=VALUE", "Set an annotation of the manifest"),
    options::option<&ConfigChanges::instructions>('c', "change", "INSTRUCTION", "Apply an instruction of a Dockerfile"),
    options::option<&ConfigChanges::clear>(0, "clear", "MEMBER",
                                           "First empty annotations, cmd, entrypoint, env, exposed-ports, "
                                           "healthcheck, labels or volumes"),
};
constexpr options::Option kOwnOptions[] = {
    options::option<&ConfigArguments::layers>(0, "append", "LAYER", "Add this tar archive as a layer")
        .completing(options::Completes::files),
    options::option<&ConfigArguments::tag>('t', "tag", "DESTINATION", "The same as the second word"),
};
constexpr options::Group kGroups[] = {
    options::group<&ConfigArguments::changes>(kConfigOptions), options::group(kOwnOptions, "Options of the edit"),
    options::group<&ConfigArguments::layer>(kLayerOptions, "Options of the edit"),
    options::group<&ConfigArguments::edit>(kEditOptions, "Options of the edit"),
    options::group<&ConfigArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image config --cmd sh --env A=1 app app:2", "Make the image app:2 of app"},
    {"gantry image config --clear labels --label v=1 oci:layout:app", "Replace the labels in an OCI image layout"},
    {"gantry image mutate --append files.tar app -t docker://localhost:5000/app:2",
     "Add a layer, and write what comes of it to a registry"},
};

}  // namespace

constinit const Command kConfig = options::command<run_config>({
    .name = "config",
    .second_name = "mutate",
    .summary = "Change how an image is run, and what it says of itself",
    .synopsis = "[OPTIONS] SOURCE [DESTINATION]",
    .description =
        "SOURCE and DESTINATION are places as `gantry image copy` has them, or names in the store; without a "
        "DESTINATION the result takes the name of SOURCE. Layers stay as they are. Prints the digest of the manifest.",
    .sections = kPlaces,
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&ConfigArguments::words>(
        {.name = "SOURCE", .least = 1, .most = 2, .first = options::Completes::images}),
});

}  // namespace gantry::image_cli
