#include "options/print.hpp"
#include "remote/commands.hpp"

#include "remote/locations.hpp"
#include "remote/registry_options.hpp"
#include "transfer/commands.hpp"
#include "transfer/load.hpp"

namespace gantry::remote {

namespace {

struct PullArguments {
  std::optional<oci::Platform> platform;
  bool quiet = false;
  RegistryOptions registry;
  std::vector<std::string> images;
};

/// An image that was named.
struct Wanted {
  std::string name;
  std::unique_ptr<transfer::Origin> origin;  ///< none: a registry's, which is asked when its turn comes
  std::string reference;                     ///< which of the origin's images; empty: all
};

Result<Wanted> find_wanted(const store::Store& store, const Registries& registries, const std::string& text) {
  using transfer::Transport;
  auto location = transfer::parse_location(text);
  if (location.transport == Transport::detect || location.transport == Transport::docker)
    return Wanted{.name = location.path, .origin = nullptr, .reference = {}};
  if (location.transport == Transport::store)
    return fail(Code::invalid, "'{}' is in the store, where images are pulled to", text);
  auto origin = TRY(open_origin(store, registries, location));
  return Wanted{.name = text, .origin = std::move(origin), .reference = location.reference};
}

Result<int> run_pull(const Globals& globals, const PullArguments& arguments) {
  // Before the user namespace of an ordinary user, in which all paths would be root's, and ssh would be root's too.
  auto registries = TRY(Registries::load(arguments.registry));
  auto outside = TRY(store::Store::open(TRY(options::folders(globals)).root));
  std::vector<Wanted> images;
  for (const auto& image : arguments.images) images.push_back(TRY(find_wanted(outside, registries, image)));
  TRY(transfer::with_store(globals, [&](const store::Store& store) -> Result<> {
    for (auto& image : images) {
      if (!image.origin) image.origin = TRY(registries.origin(image.name));
      auto loaded =
          TRY(transfer::load_and_show(store, *image.origin, image.reference, arguments.platform, arguments.quiet));
      for (const auto& one : loaded) TRY(options::print((arguments.quiet ? one.manifest.text() : one.id) + "\n"));
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
    {"gantry pull containers-storage:localhost/app", "Take over an image of podman's"},
    {"gantry pull ssh://admin@host/app", "Take an image from another machine"},
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
        "IMAGE may also be anything that 'gantry image copy' reads: oci:PATH[:NAME], oci-archive:PATH[:NAME], "
        "docker-archive:PATH[:NAME], dir:PATH, docker-daemon:NAME, containers-storage:NAME or "
        "ssh://[USER@]HOST[:PORT]/NAME.\n"
        "Prints the ID of each image; with -q the digest of its manifest.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&PullArguments::images>({.name = "IMAGE", .least = 1}),
});

}  // namespace gantry::remote
