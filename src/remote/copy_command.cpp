#include "options/print.hpp"
#include "remote/commands.hpp"
#include "remote/registry_options.hpp"
#include "remote/target_registry.hpp"
#include "transfer/copy.hpp"
#include "transfer/open_origin.hpp"
#include "transfer/targets.hpp"

namespace gantry::remote {

namespace {

struct CopyArguments {
  std::optional<oci::Platform> platform;
  bool all = false;
  bool quiet = false;
  RegistryOptions registry;
  std::vector<std::string> words;  ///< SOURCE DESTINATION
};

Result<std::unique_ptr<transfer::Origin>> open_origin(const store::Store& store, const Registries& registries,
                                                      const transfer::Location& location) {
  if (location.transport == transfer::Transport::docker) return registries.origin(location.path);
  if (location.transport == transfer::Transport::store) return transfer::open_store_origin(store, location.path);
  if (location.transport != transfer::Transport::detect) return transfer::open_files(location, store.root() + "/tmp");
  auto image = transfer::open_store_origin(store, location.path);
  if (image) return image;
  return std::move(image.error()).with_cure("name where it is: docker://NAME, oci:PATH, oci-archive:PATH, dir:PATH");
}

Result<std::unique_ptr<transfer::Target>> make_target(const Registries& registries, const std::string& text) {
  transfer::Location location = transfer::parse_location(text);
  switch (location.transport) {
    case transfer::Transport::docker: {
      auto reference = oci::with_default_tag(TRY(oci::parse_reference(location.path)));
      return make_registry_target(TRY(registries.repository(reference)), reference, {});
    }
    case transfer::Transport::oci:
      return transfer::make_layout_target(location);
    case transfer::Transport::oci_archive:
      return transfer::make_archive_target(location);
    case transfer::Transport::dir:
      return transfer::make_dir_target(location);
    default:
      return fail(Code::unsupported, "'{}' is not a place to copy to", text)
          .with_cure("docker://NAME, oci:PATH, oci-archive:PATH or dir:PATH; pull, load and save work on the store");
  }
}

Result<int> run_copy(const Globals& globals, const CopyArguments& arguments) {
  auto registries = TRY(Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  transfer::Location from = transfer::parse_location(arguments.words[0]);
  auto origin = TRY(open_origin(store, registries, from));
  auto images = TRY(origin->list(from.reference));
  if (images.size() != 1)
    return fail(Code::invalid, "{} has {} images that may be meant", origin->name(), images.size())
        .with_cure("say which: PATH:NAME");
  auto target = TRY(make_target(registries, arguments.words[1]));
  auto digest =
      TRY(transfer::copy(*origin, images[0], *target, {.all = arguments.all, .platform = arguments.platform}));
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
