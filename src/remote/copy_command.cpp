#include "options/print.hpp"
#include "remote/commands.hpp"
#include "remote/locations.hpp"
#include "remote/registry_options.hpp"
#include "remote/rewrite_choices.hpp"
#include "transfer/copy.hpp"

namespace gantry::remote {

namespace {

struct CopyArguments {
  std::optional<oci::Platform> platform;
  bool all = false;
  std::optional<oci::Compression> compression;
  int level = 0;
  std::optional<transfer::ManifestFormat> format;
  bool preserve_digests = false;
  unsigned jobs = transfer::kDefaultJobs;
  bool quiet = false;
  RegistryOptions registry;
  std::vector<std::string> words;  ///< SOURCE DESTINATION
};

Result<oci::Digest> copy_and_show(const OpenedImage& from, transfer::Target& target, const CopyArguments& arguments,
                                  const std::string& tmp) {
  transfer::CopyOptions options{.all = arguments.all, .platform = arguments.platform};
  options.rewrite = {.compression = arguments.compression, .level = arguments.level, .format = arguments.format};
  options.preserve_digests = arguments.preserve_digests;
  options.jobs = arguments.jobs;
  options.tmp = tmp;
  progress::Meter meter(progress::style_for(arguments.quiet));
  return transfer::copy(*from.origin, from.image, target, options, meter);
}

Result<int> run_copy(const Globals& globals, const CopyArguments& arguments) {
  auto registries = TRY(Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  auto from = TRY(open_image(store, registries, arguments.words[0]));
  auto target = TRY(make_target(store, registries, arguments.words[1]));
  auto digest = TRY(copy_and_show(from, *target, arguments, store.root() + "/tmp"));
  if (!arguments.quiet) TRY(options::print(digest.text() + "\n"));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&CopyArguments::all>('a', "all", "Copy an index with the images for all platforms"),
    options::option<&CopyArguments::platform, oci::parse_platform>(0, "platform", "OS/ARCH[/VARIANT]",
                                                                   "Copy the image for this platform"),
    options::option<&CopyArguments::compression, options::read_choice<kCompressions>>(
        0, "dest-compress-format", "gzip|zstd", "Compress layers that are not so in this way"),
    options::option<&CopyArguments::level, options::read_between<1, 19, int>>(0, "dest-compress-level", "N",
                                                                              "1 to 9 of gzip, 1 to 19 of zstd"),
    options::option<&CopyArguments::format, options::read_choice<kManifestFormats>>(
        'f', "format", "oci|v2s2", "Write OCI's or Docker's manifests"),
    options::flag<&CopyArguments::preserve_digests>(0, "preserve-digests", "Fail rather than change a digest"),
    options::option<&CopyArguments::jobs, options::read_between<1, 32, unsigned>>(0, "jobs", "N",
                                                                                  "Copy that many blobs at a time (4)"),
    options::flag<&CopyArguments::quiet>('q', "quiet", "Print nothing"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&CopyArguments::registry>(kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image copy docker://quay.io/podman/hello oci:layout:hello", "Take an image into an OCI image layout"},
    {"gantry image copy --dest-compress-format zstd app docker://a.example/app", "Compress the layers anew on the way"},
    {"gantry image copy app ssh://admin@host/app", "Give an image to another machine"},
    {"gantry image copy --all docker://a.example/app:1 docker://b.example/app:1", "Copy between registries"},
};

}  // namespace

constinit const Command kCopy = options::command<run_copy>({
    .name = "copy",
    .summary = "Copy an image from one place to another",
    .synopsis = "[OPTIONS] SOURCE DESTINATION",
    .description =
        "SOURCE is docker://NAME, oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME], dir:PATH, "
        "docker-daemon:NAME, containers-storage:NAME, ssh://[USER@]HOST[:PORT]/NAME (Gantry's images on another "
        "machine), or an image of the store by its name alone. DESTINATION is one of these except for "
        "containers-storage: and the store. Manifests and blobs go as they are, so that every digest stays, unless "
        "--format or "
        "--dest-compress-format ask for other ones; what the destination has already is not copied again. Prints the "
        "digest of the manifest.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&CopyArguments::words>({.name = "SOURCE and DESTINATION", .least = 2, .most = 2}),
});

}  // namespace gantry::remote
