#include "base/build_time.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "build/store_result.hpp"
#include "build_cli/build_options.hpp"
#include "build_cli/builder.hpp"
#include "build_cli/commands.hpp"
#include "edit/config_changes.hpp"
#include "engine/engine.hpp"
#include "options/print.hpp"
#include "store/pins.hpp"
#include "transfer/upper_layer.hpp"

#include <algorithm>

// `gantry builder config`, `commit`, `prune`: what comes of working containers and builds.

namespace gantry::build_cli {

namespace {

using build::WorkingContainer;
using edit::ConfigChanges;

struct BuilderConfigArguments {
  ConfigChanges changes;
  std::vector<std::string> words;
};

Result<int> run_config(const options::Globals& globals, const BuilderConfigArguments& arguments) {
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    auto container = TRY(WorkingContainer::find(builder.store, arguments.words.front()));
    auto& record = container.record();
    edit::Draft draft = edit::empty_draft({});
    draft.label = record.name;
    draft.config = TRY(container.config());
    if (!record.annotations.empty())
      draft.manifest.annotations = TRY(json::decode<oci::Annotations>(record.annotations, "the annotations"));
    TRY(edit::change_config(draft, arguments.changes));
    container.set_config(draft.config);
    record.annotations = json::encode(draft.manifest.annotations);
    TRY(container.save());
    return 0;
  });
}

struct BuilderCommitArguments {
  build::ManifestFormat format = build::ManifestFormat::oci;
  std::string iid_file, timestamp;
  bool remove = false;
  bool quiet = false;
  std::vector<std::string> words;
};

Result<Timestamp> read_time(const std::string& word) {
  if (word.empty()) return build_time();
  return static_cast<Timestamp>(TRY(parse_unsigned(word))) * kSecond;
}

/// What the store needs to know of an image that is a working container as it is now.
Result<build::BuiltImage> make_image(const Builder& builder, const WorkingContainer& container, Timestamp time,
                                     build::ManifestFormat format) {
  const auto& record = container.record();
  oci::ImageConfig config = TRY(container.config());
  config.rootfs.diff_ids = TRY(container.layers());
  std::map<oci::Digest, oci::Descriptor> blobs;
  for (std::size_t i = 0; i < record.blobs.size() && i < config.rootfs.diff_ids.size(); ++i)
    blobs[config.rootfs.diff_ids[i]] = TRY(json::decode<oci::Descriptor>(record.blobs[i], "a base's layer"));
  const auto layer = TRY(transfer::copy_upper(builder.store, container.upper(), time));
  if (!layer.diff_id.empty()) config.rootfs.diff_ids.push_back(layer.diff_id);
  config.created = to_rfc3339(time);
  config.history.push_back({.created = config.created,
                            .created_by = record.notes.empty() ? "gantry builder commit" : join(record.notes, "; "),
                            .author = config.author,
                            .comment = "",
                            .empty_layer = layer.diff_id.empty()});
  oci::Annotations annotations;
  if (!record.annotations.empty())
    annotations = TRY(json::decode<oci::Annotations>(record.annotations, "the annotations"));
  return build::store_image(builder.store, std::move(config), blobs, annotations, format);
}

Result<int> run_commit(const options::Globals& globals, const BuilderCommitArguments& arguments) {
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    const Lock used = TRY(builder.store.use());
    const auto container = TRY(WorkingContainer::find(builder.store, arguments.words.front()));
    std::vector<std::string> names;
    if (arguments.words.size() > 1) names.push_back(TRY(store::local_name(arguments.words[1])));
    const auto image = TRY(make_image(builder, container, TRY(read_time(arguments.timestamp)), arguments.format));
    TRY(builder.store.images().add(oci::bare(image.manifest.descriptor), names));
    if (!arguments.iid_file.empty()) TRY(replace_file(arguments.iid_file, image.config.text(), 0644, Sync::no));
    if (arguments.remove) TRY(container.remove(builder.store, builder.folders.run_root));
    if (!arguments.quiet) TRY(options::print(image.config.hex() + "\n"));
    return 0;
  });
}

struct BuilderPruneArguments {
  std::optional<std::uint64_t> keep;
  std::optional<std::int64_t> until;
};

/// Takes steps away, those that were of no use for the longest time first, until what is left fits.
Result<std::size_t> prune(const store::Store& store, const BuilderPruneArguments& arguments) {
  const store::Pins pins(store.root());
  auto known = TRY(pins.list());
  std::erase_if(known, [](const store::NamedPin& named) {
    return named.pin.description.starts_with("base of the working container ");
  });
  std::uint64_t size = 0;
  for (const auto& named : known) size += named.pin.size;
  std::size_t removed = 0;
  for (const auto& named : known) {
    if (arguments.keep && size <= *arguments.keep) break;
    if (arguments.until && now() - named.used < *arguments.until) break;
    TRY(pins.remove(named.key));
    size -= std::min(size, named.pin.size);
    ++removed;
  }
  return removed;
}

Result<int> run_prune(const options::Globals& globals, const BuilderPruneArguments& arguments) {
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    const std::size_t removed = TRY(prune(builder.store, arguments));
    // What steps were made from can be fetched again, as they can be done again.
    if (!arguments.keep && !arguments.until) TRY(remove_tree(builder.store.root() + "/downloads"));
    engine::Engine engine({.root = builder.folders.root, .run_root = builder.folders.run_root});
    const auto collected = TRY(engine.collect());
    TRY(options::print(fmt::format("{} steps, {} of layers\n", removed, human_size(collected.layer_bytes))));
    return 0;
  });
}

constexpr options::Option kConfigOptions[] = {
    options::option<&ConfigChanges::entrypoint>(0, "entrypoint", "WORD",
                                                "Start with this program: a word each time, or a JSON list"),
    options::option<&ConfigChanges::cmd>(0, "cmd", "WORD", "... and these arguments of it"),
    options::option<&ConfigChanges::env>('e', "env", "NAME=VALUE", "Set a variable of the environment"),
    options::option<&ConfigChanges::labels>('l', "label", "NAME=VALUE", "Set a label"),
    options::option<&ConfigChanges::user>('u', "user", "USER[:GROUP]", "Run as this user"),
    options::option<&ConfigChanges::workdir>(0, "workingdir", "PATH", "Run in this folder"),
    options::option<&ConfigChanges::ports>('p', "port", "PORT[/PROTOCOL]", "Say that it serves this port"),
    options::option<&ConfigChanges::volumes>('v', "volume", "PATH", "Say that what is there outlives containers"),
    options::option<&ConfigChanges::stop_signal>(0, "stop-signal", "SIGNAL", "Stop it by this signal"),
    options::option<&ConfigChanges::author>(0, "author", "TEXT", "Say who made the image"),
    options::option<&ConfigChanges::os>(0, "os", "OS", "Say which system it is made for"),
    options::option<&ConfigChanges::architecture>(0, "arch", "ARCH", "... and which processors"),
    options::option<&ConfigChanges::annotations>('a', "annotation", "NAME=VALUE", "Set an annotation of the manifest"),
    options::option<&ConfigChanges::instructions>('c', "change", "INSTRUCTION", "Apply an instruction of a Dockerfile"),
    options::option<&ConfigChanges::clear>(0, "clear", "MEMBER",
                                           "First empty annotations, cmd, entrypoint, env, exposed-ports, "
                                           "healthcheck, labels or volumes"),
};
constexpr options::Group kConfigGroups[] = {options::group<&BuilderConfigArguments::changes>(kConfigOptions)};
constexpr options::Option kCommitOptions[] = {
    options::option<&BuilderCommitArguments::format, options::read_choice<kFormats>>(
        'f', "format", "oci|docker", "The kind of manifest; oci by default"),
    options::option<&BuilderCommitArguments::iid_file>(0, "iidfile", "PATH", "Write the image's id here"),
    options::option<&BuilderCommitArguments::timestamp>(0, "timestamp", "SECONDS",
                                                        "The time of the image; no file in its layer is younger"),
    options::flag<&BuilderCommitArguments::remove>(0, "rm", "Remove the working container"),
    options::flag<&BuilderCommitArguments::quiet>('q', "quiet", "Print nothing"),
};
constexpr options::Group kCommitGroups[] = {options::group(kCommitOptions)};
constexpr options::Option kPruneOptions[] = {
    options::option<&BuilderPruneArguments::keep, options::read_size>(0, "keep-storage", "BYTES",
                                                                      "Keep as much of what was last of use"),
    options::option<&BuilderPruneArguments::until, options::read_duration>(0, "until", "TIME",
                                                                           "Keep what was of use in this time: 24h"),
};
constexpr options::Group kPruneGroups[] = {options::group(kPruneOptions)};

}  // namespace

constinit const Command kBuilderConfig = options::command<run_config>({
    .name = "config",
    .summary = "Change how the image of a working container will be run",
    .synopsis = "[OPTIONS] CONTAINER",
    .description = "The options are those of 'gantry image config'.",
    .groups = kConfigGroups,
    .words = options::words<&BuilderConfigArguments::words>({.name = "CONTAINER", .least = 1, .most = 1}),
});
constinit const Command kBuilderCommit = options::command<run_commit>({
    .name = "commit",
    .summary = "Make an image of a working container",
    .synopsis = "[OPTIONS] CONTAINER [IMAGE]",
    .description = "All that was changed becomes one layer above the base. The container stays unless --rm is given. "
                   "Prints the image's id.",
    .groups = kCommitGroups,
    .words = options::words<&BuilderCommitArguments::words>({.name = "CONTAINER", .least = 1, .most = 2}),
});
constinit const Command kBuilderPrune = options::command<run_prune>({
    .name = "prune",
    .summary = "Forget what builds keep for the next ones",
    .synopsis = "[OPTIONS]",
    .description = "Removes what steps have made, as far as no image and no container needs it, and says how much.",
    .groups = kPruneGroups,
});

}  // namespace gantry::build_cli
