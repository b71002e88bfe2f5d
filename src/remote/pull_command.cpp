#include "options/print.hpp"
#include "remote/commands.hpp"

#include "remote/registry_options.hpp"
#include "transfer/commands.hpp"
#include "transfer/load.hpp"
#include "transfer/names.hpp"

namespace gantry::remote {

namespace {

struct PullArguments {
  std::optional<oci::Platform> platform;
  bool quiet = false;
  RegistryOptions registry;
  std::vector<std::string> images;
};

Result<int> run_pull(const Globals& globals, const PullArguments& arguments) {
  // Before the user namespace of an ordinary user, in which all paths would be root's.
  auto registries = TRY(Registries::load(arguments.registry));
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    for (const auto& image : arguments.images) {
      auto origin = TRY(registries.origin(transfer::without_transport(image)));
      auto loaded = TRY(transfer::load_and_show(store, *origin, "", arguments.platform, arguments.quiet));
      TRY(options::print(arguments.quiet ? loaded[0].manifest.text() + "\n" : loaded[0].id + "\n"));
    }
    return {};
  }));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&PullArguments::platform, oci::parse_platform>(0, "platform", "OS/ARCH[/VARIANT]",
                                                                   "Take the image for this platform"),
    options::flag<&PullArguments::quiet>('q', "quiet", "Print the digest alone, and no progress"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&PullArguments::registry>(kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry pull quay.io/podman/hello", "Pull the image that is tagged latest"},
    {"gantry pull --platform linux/arm64 docker.io/library/busybox:1.36", "Pull it for another machine"},
};

}  // namespace

constinit const Command kPull = options::command<run_pull>({
    .name = "pull",
    .summary = "Take images from a registry",
    .synopsis = "[OPTIONS] IMAGE...",
    .description =
        "A name without a registry is looked for where registries.conf says, or in docker.io. Layers that are here "
        "already are not fetched again; the others come several at a time, are checked against their digests and "
        "unpacked as they come. A connection that breaks is taken up where it broke. An image comes in whole or not "
        "at all.\n"
        "Prints the ID of each image; with -q the digest of its manifest.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&PullArguments::images>({.name = "IMAGE", .least = 1}),
});

}  // namespace gantry::remote
