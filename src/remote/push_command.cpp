#include "base/file.hpp"
#include "options/print.hpp"
#include "remote/commands.hpp"
#include "remote/registry_options.hpp"
#include "remote/target_registry.hpp"
#include "transfer/copy.hpp"
#include "transfer/names.hpp"
#include "transfer/open_origin.hpp"

namespace gantry::remote {

namespace {

struct PushArguments {
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

Result<oci::Digest> copy_and_show(const transfer::Origin& origin, const transfer::Listed& image,
                                  transfer::Target& target, bool quiet) {
  progress::Meter meter(progress::style_for(quiet));
  return transfer::copy(origin, image, target, {}, meter);
}

Result<int> run_push(const Globals& globals, const PushArguments& arguments) {
  auto registries = TRY(Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  auto origin = TRY(transfer::open_store_origin(store, arguments.words[0]));
  auto image = TRY(origin->list("")).front();
  std::string given = arguments.words.size() > 1 ? transfer::without_transport(arguments.words[1])
                                                 : transfer::chosen_name(image.names, arguments.words[0]);
  if (given.empty())
    return fail(Code::invalid, "'{}' is no name in a registry", arguments.words[0]).with_cure("say where to push it");
  auto reference = oci::with_default_tag(TRY(oci::parse_reference(given)));
  auto target =
      make_registry_target(TRY(registries.repository(reference)), reference, mount_from(image.names, reference));
  auto digest = TRY(copy_and_show(*origin, image, *target, arguments.quiet));
  if (!arguments.digest_file.empty()) TRY(replace_file(arguments.digest_file, digest.text(), 0644, Sync::no));
  if (!arguments.quiet) TRY(options::print(digest.text() + "\n"));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&PushArguments::digest_file>(0, "digestfile", "PATH", "Write the digest of the manifest here")
        .completing(options::Completes::files),
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
        "goes as it is, so that its digest stays. What the registry has already is not sent, and an upload that breaks "
        "goes on from what has arrived. Prints the digest of the manifest.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&PushArguments::words>(
        {.name = "IMAGE", .least = 1, .most = 2, .first = options::Completes::images}),
});

}  // namespace gantry::remote
