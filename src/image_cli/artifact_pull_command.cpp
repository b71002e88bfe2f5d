#include "artifact/artifact.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "image_cli/artifact_commands.hpp"
#include "oci/media_types.hpp"
#include "options/print.hpp"
#include "remote/locations.hpp"
#include "report/table.hpp"
#include "transfer/offer.hpp"

namespace gantry::image_cli {

namespace {

struct ArtifactPullArguments {
  std::string output = ".";
  bool keep_old_files = false;
  std::optional<oci::Platform> platform;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< SOURCE
};

/// An artifact has no platform: only of an index one has to be chosen.
Result<oci::Manifest> manifest_of(const remote::OpenedImage& opened, const std::optional<oci::Platform>& platform) {
  auto document = oci::is_index(opened.image.root.media_type)
                      ? TRY(transfer::manifest_of(*opened.origin, opened.image, platform))
                      : TRY(opened.origin->document(opened.image.root));
  return oci::parse_manifest(document.bytes, opened.origin->name() + ": manifest");
}

Result<int> run_pull(const Globals& globals, const ArtifactPullArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  std::string location = arguments.words[0];
  if (transfer::parse_location(location).transport == transfer::Transport::detect) location.insert(0, "docker://");
  auto opened = TRY(remote::open_image(store, registries, location));
  auto manifest = TRY(manifest_of(opened, arguments.platform));
  Fd output = TRY(make_and_open_folder(arguments.output));
  auto names = TRY(artifact::save(*opened.origin, manifest, output, {.keep_old_files = arguments.keep_old_files}));
  if (names.empty())
    return fail(Code::invalid, "{} has no files with names", arguments.words[0])
        .with_cure("gantry image inspect --raw shows what it is; gantry pull is for images");
  std::string lines;
  for (const auto& name : names) lines += report::harmless(name) + "\n";
  TRY(options::print(lines));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&ArtifactPullArguments::keep_old_files>('k', "keep-old-files", "Fail rather than replace a file"),
    options::option<&ArtifactPullArguments::output>('o', "output", "FOLDER", "Put the files there")
        .completing(options::Completes::folders),
    options::option<&ArtifactPullArguments::platform, oci::parse_platform>(
        0, "platform", "OS/ARCH[/VARIANT]", "Of an index take the one for this platform"),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&ArtifactPullArguments::registry>(
                                                                    remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry artifact pull -o out localhost:5000/docs:1", "Take the files of an artifact"},
};

}  // namespace

constinit const Command kArtifactPull = options::command<run_pull>({
    .name = "pull",
    .summary = "Take files from a registry",
    .synopsis = "[OPTIONS] SOURCE",
    .description = "Writes the files of an artifact under the names that they have there. Each is compared with its "
                   "digest before it gets its name, and nothing outside of the folder is touched. SOURCE is "
                   "NAME[:TAG|@DIGEST], oci:PATH[:NAME] or oci-archive:PATH[:NAME]. Prints the names.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&ArtifactPullArguments::words>({.name = "SOURCE", .least = 1, .most = 1}),
});

}  // namespace gantry::image_cli
