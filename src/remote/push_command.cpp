#include "base/file.hpp"
#include "options/print.hpp"
#include "remote/commands.hpp"
#include "remote/locations.hpp"
#include "remote/registry_options.hpp"
#include "remote/rewrite_choices.hpp"
#include "remote/target_registry.hpp"
#include "transfer/copy.hpp"
#include "transfer/names.hpp"
#include "transfer/open_origin.hpp"

namespace gantry::remote {

namespace {

struct PushArguments {
  std::optional<oci::Compression> compression;
  int level = 0;
  std::optional<transfer::ManifestFormat> format;
  std::string digest_file;
  bool quiet = false;
  RegistryOptions registry;
  std::vector<std::string> words;  ///< IMAGE [DESTINATION]
};

/// The repository that an image came from, when it is of the same registry.
std::string mount_from(const std::vector<std::string>& names, const oci::Reference& to) {
  for (const auto& name : names) {
    auto from = oci::parse_reference(name);
    if (from && from->registry == to.registry && from->repository != to.repository) return from->repository;
  }
  return {};
}

Result<std::unique_ptr<transfer::Target>> registry_target(const Registries& registries, const transfer::Listed& image,
                                                          const PushArguments& arguments, const store::Store& store) {
  std::string given = arguments.words.size() > 1 ? transfer::without_transport(arguments.words[1])
                                                 : transfer::chosen_name(image.names, arguments.words[0]);
  if (given.empty())
    return fail(Code::invalid, "'{}' is no name in a registry", arguments.words[0]).with_cure("say where to push it");
  auto reference = oci::with_default_tag(TRY(oci::parse_reference(given)));
  return make_registry_target(TRY(registries.repository(reference)), reference, mount_from(image.names, reference),
                              store);
}

bool is_in_registry(const PushArguments& arguments) {
  if (arguments.words.size() < 2) return true;
  auto transport = transfer::parse_location(arguments.words[1]).transport;
  return transport == transfer::Transport::detect || transport == transfer::Transport::docker;
}

Result<oci::Digest> copy_and_show(const transfer::Origin& origin, const transfer::Listed& image,
                                  transfer::Target& target, const PushArguments& arguments, const std::string& tmp) {
  transfer::CopyOptions options;
  options.rewrite = {.compression = arguments.compression, .level = arguments.level, .format = arguments.format};
  options.tmp = tmp;
  progress::Meter meter(progress::style_for(arguments.quiet));
  return transfer::copy(origin, image, target, options, meter);
}

Result<int> run_push(const Globals& globals, const PushArguments& arguments) {
  auto registries = TRY(Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  auto origin = TRY(transfer::open_store_origin(store, arguments.words[0]));
  auto image = TRY(origin->list("")).front();
  auto target = is_in_registry(arguments) ? TRY(registry_target(registries, image, arguments, store))
                                          : TRY(make_target(store, registries, arguments.words[1]));
  auto digest = TRY(copy_and_show(*origin, image, *target, arguments, store.root() + "/tmp"));
  if (!arguments.digest_file.empty()) TRY(replace_file(arguments.digest_file, digest.text(), 0644, Sync::no));
  if (!arguments.quiet) TRY(options::print(digest.text() + "\n"));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&PushArguments::digest_file>(0, "digestfile", "PATH", "Write the digest of the manifest here")
        .completing(options::Completes::files),
    options::option<&PushArguments::compression, options::read_choice<kCompressions>>(
        0, "compression-format", "gzip|zstd", "Compress layers that are not so in this way"),
    options::option<&PushArguments::level, options::read_between<1, 19, int>>(0, "compression-level", "N",
                                                                              "1 to 9 of gzip, 1 to 19 of zstd"),
    options::option<&PushArguments::format, options::read_choice<kManifestFormats>>(
        'f', "format", "oci|v2s2", "Write an OCI's or a Docker's manifest"),
    options::flag<&PushArguments::quiet>('q', "quiet", "Print nothing"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&PushArguments::registry>(kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry push quay.io/me/app:1", "Push an image under its own name"},
    {"gantry push app docker://localhost:5000/app:2", "Push it under another"},
};

}  // namespace

constinit const Command kPush = options::command<run_push>({
    .name = "push",
    .summary = "Bring an image to a registry",
    .synopsis = "[OPTIONS] IMAGE [DESTINATION]",
    .description =
        "DESTINATION is a name with or without docker:// before it; without one the image's own name is. The image "
        "goes as it is, so that its digest stays, unless options say otherwise. What the registry has already is not "
        "sent, and an upload that breaks "
        "goes on from what has arrived. Prints the digest of the manifest.\n"
        "DESTINATION may also be any other place that 'gantry image copy' writes to: oci:PATH[:NAME], "
        "oci-archive:PATH[:NAME], docker-archive:PATH[:NAME], dir:PATH, docker-daemon:NAME or "
        "ssh://[USER@]HOST[:PORT]/NAME.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&PushArguments::words>(
        {.name = "IMAGE", .least = 1, .most = 2, .first = options::Completes::images}),
});

}  // namespace gantry::remote
