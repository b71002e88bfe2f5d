#include "image_cli/commands.hpp"
#include "options/print.hpp"
#include "remote/locations.hpp"
#include "remote/registry_options.hpp"
#include "transfer/offer.hpp"

namespace gantry::image_cli {

namespace {

struct DigestArguments {
  std::optional<oci::Platform> platform;
  bool full = false;
  remote::RegistryOptions registry;
  std::vector<std::string> images;
};

Result<int> run_digest(const Globals& globals, const DigestArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  for (const auto& image : arguments.images) {
    auto opened = TRY(remote::open_image(store, registries, image));
    auto root = opened.image.root;
    if (arguments.platform)
      root = TRY(transfer::manifest_of(*opened.origin, opened.image, arguments.platform)).descriptor;
    std::string name;
    if (arguments.full && !opened.image.names.empty())
      name = TRY(oci::parse_reference(opened.image.names[0])).name() + "@";
    TRY(options::print(name + root.digest.text() + "\n"));
  }
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&DigestArguments::full>(0, "full-ref", "Print NAME@DIGEST where the image has a name"),
    options::option<&DigestArguments::platform, oci::parse_platform>(
        0, "platform", "OS/ARCH[/VARIANT]", "Print that of the image for this platform, not of the index"),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&DigestArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image digest docker://quay.io/podman/hello", "Ask a registry what a tag stands for now"},
};

}  // namespace

constinit const Command kDigest = options::command<run_digest>({
    .name = "digest",
    .summary = "Print the digest of an image",
    .synopsis = "[OPTIONS] IMAGE...",
    .description = "Prints the digest of the manifest or index, a line for each image. IMAGE is docker://NAME, "
                   "oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME], dir:PATH, or an image of the "
                   "store by its name alone.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&DigestArguments::images>(
        {.name = "IMAGE", .least = 1, .first = options::Completes::images, .rest = options::Completes::images}),
});

}  // namespace gantry::image_cli
