#include "options/print.hpp"
#include "remote/commands.hpp"
#include "remote/locations.hpp"
#include "remote/registry_options.hpp"
#include "transfer/copy.hpp"

namespace gantry::remote {

namespace {

struct CopyArguments {
  std::optional<oci::Platform> platform;
  bool all = false;
  bool quiet = false;
  RegistryOptions registry;
  std::vector<std::string> words;  ///< SOURCE DESTINATION
};

Result<int> run_copy(const Globals& globals, const CopyArguments& arguments) {
  auto registries = TRY(Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  auto from = TRY(open_image(store, registries, arguments.words[0]));
  auto target = TRY(make_target(registries, arguments.words[1]));
  auto digest =
      TRY(transfer::copy(*from.origin, from.image, *target, {.all = arguments.all, .platform = arguments.platform}));
  if (!arguments.quiet) TRY(options::print(digest.text() + "\n"));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&CopyArguments::all>('a', "all", "Copy an index with the images for all platforms"),
    options::option<&CopyArguments::platform, oci::parse_platform>(0, "platform", "OS/ARCH[/VARIANT]",
                                                                   "Copy the image for this platform"),
    options::flag<&CopyArguments::quiet>('q', "quiet", "Print nothing"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&CopyArguments::registry>(kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image copy docker://quay.io/podman/hello oci:layout:hello", "Take an image into an OCI image layout"},
    {"gantry image copy --all docker://a.example/app:1 docker://b.example/app:1", "Copy between registries"},
};

}  // namespace

constinit const Command kCopy = options::command<run_copy>({
    .name = "copy",
    .summary = "Copy an image from one place to another",
    .synopsis = "[OPTIONS] SOURCE DESTINATION",
    .description =
        "SOURCE is docker://NAME, oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME], dir:PATH, or "
        "an image of the store by its name alone. DESTINATION is docker://NAME, oci:PATH[:NAME], oci-archive:PATH"
        "[:NAME] or dir:PATH. Manifests and blobs go as they are, so that every digest stays; what the destination has "
        "already is not copied again. Prints the digest of the manifest.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&CopyArguments::words>({.name = "SOURCE and DESTINATION", .least = 2, .most = 2}),
});

}  // namespace gantry::remote
