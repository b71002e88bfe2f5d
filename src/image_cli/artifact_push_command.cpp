#include "base/text.hpp"
#include "image_cli/artifact_commands.hpp"
#include "options/print.hpp"
#include "remote/locations.hpp"
#include "store/store.hpp"
#include "transfer/copy.hpp"
#include "transfer/offer.hpp"

namespace gantry::image_cli {

Result<std::unique_ptr<artifact::LocalArtifact>> local_artifact(const ArtifactArguments& arguments,
                                                                const std::vector<std::string>& words,
                                                                std::optional<oci::Descriptor> subject,
                                                                const std::string& tmp) {
  std::vector<artifact::InputFile> files;
  files.reserve(words.size());
  for (const auto& word : words) files.push_back(artifact::parse_input(word));
  artifact::ArtifactOptions options{.type = arguments.type, .subject = std::move(subject)};
  if (!arguments.config.empty()) options.config = artifact::parse_input(arguments.config);
  for (const auto& word : arguments.annotations) {
    auto [key, value, found] = cut(word, '=');
    if (!found || key.empty())
      return fail(Code::invalid, "option --annotation: '{}' is not of the form KEY=VALUE", word);
    options.annotations[std::string(key)] = value;
  }
  return artifact::LocalArtifact::make(files, options, tmp);
}

namespace {

struct ArtifactPushArguments {
  ArtifactArguments artifact;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< DESTINATION [FILE…]
};

struct ArtifactAttachArguments {
  ArtifactArguments artifact;
  std::optional<oci::Platform> platform;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< SUBJECT [FILE…]
};

/// A name alone is one in a registry.
std::string location_of(const std::string& word) {
  return transfer::parse_location(word).transport == transfer::Transport::detect ? "docker://" + word : word;
}

std::vector<std::string> without_first(const std::vector<std::string>& words) {
  return {words.begin() + 1, words.end()};
}

Result<int> run_push(const Globals& globals, const ArtifactPushArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  auto made = TRY(local_artifact(arguments.artifact, without_first(arguments.words), {}, store.root() + "/tmp"));
  auto target = TRY(remote::make_target(store, registries, location_of(arguments.words[0])));
  auto digest = TRY(transfer::copy(*made, made->image(), *target));
  TRY(options::print(digest.text() + "\n"));
  return 0;
}

/// It goes to its subject's repository, under its own digest.
Result<int> run_attach(const Globals& globals, const ArtifactAttachArguments& arguments) {
  if (arguments.artifact.type.empty())
    return fail(Code::invalid, "what the artifact is is missing")
        .with_cure("--artifact-type, as application/spdx+json");
  auto registries = TRY(remote::Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  std::string location = location_of(arguments.words[0]);
  auto from = transfer::parse_location(location);
  if (from.transport != transfer::Transport::docker)
    return fail(Code::unsupported, "artifacts are attached in registries, and '{}' is none", arguments.words[0]);
  auto opened = TRY(remote::open_image(store, registries, location));
  auto subject = opened.image.root;
  if (arguments.platform)
    subject = TRY(transfer::manifest_of(*opened.origin, opened.image, arguments.platform)).descriptor;
  auto made = TRY(
      local_artifact(arguments.artifact, without_first(arguments.words), oci::bare(subject), store.root() + "/tmp"));
  auto reference = TRY(oci::parse_reference(from.path));
  std::string to = fmt::format("docker://{}@{}", reference.name(), made->manifest().descriptor.digest.text());
  auto target = TRY(remote::make_target(store, registries, to));
  auto digest = TRY(transfer::copy(*made, made->image(), *target));
  TRY(options::print(digest.text() + "\n"));
  return 0;
}

constexpr options::Group kPushGroups[] = {
    options::group<&ArtifactPushArguments::artifact>(kArtifactOptions),
    options::group<&ArtifactPushArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kPushExamples[] = {
    {"gantry artifact push localhost:5000/docs:1 README.md:text/markdown site/",
     "Keep a file and a folder in a registry"},
};

constexpr options::Option kAttachOptions[] = {
    options::option<&ArtifactAttachArguments::platform, oci::parse_platform>(
        0, "platform", "OS/ARCH[/VARIANT]", "Attach it to the image for this platform, not to the index"),
};
constexpr options::Group kAttachGroups[] = {
    options::group<&ArtifactAttachArguments::artifact>(kArtifactOptions), options::group(kAttachOptions),
    options::group<&ArtifactAttachArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kAttachExamples[] = {
    {"gantry artifact attach --artifact-type text/spdx quay.io/team/app:1 sbom.json", "Attach an SBOM to an image"},
};

}  // namespace

constinit const Command kArtifactPush = options::command<run_push>({
    .name = "push",
    .summary = "Bring files to a registry",
    .synopsis = "[OPTIONS] DESTINATION [FILE[:TYPE]...]",
    .description = "Each FILE becomes a layer that has its name; a folder is packed, and unpacked by pull. TYPE is its "
                   "media type. DESTINATION is NAME[:TAG], oci:PATH[:NAME] or oci-archive:PATH[:NAME]. With "
                   "SOURCE_DATE_EPOCH set, equal files make equal artifacts. Prints the digest of the manifest.",
    .examples = kPushExamples,
    .groups = kPushGroups,
    .words = options::words<&ArtifactPushArguments::words>(
        {.name = "DESTINATION", .least = 1, .rest = options::Completes::files}),
});

constinit const Command kArtifactAttach = options::command<run_attach>({
    .name = "attach",
    .summary = "Attach files to an image in a registry",
    .synopsis = "[OPTIONS] IMAGE [FILE[:TYPE]...]",
    .description = "Pushes the files as an artifact whose subject is the image, so that `gantry artifact discover` and "
                   "every registry with the referrers API find it by the image. For older registries the tag that "
                   "stands in for that is kept. Prints the digest of the manifest.",
    .examples = kAttachExamples,
    .groups = kAttachGroups,
    .words = options::words<&ArtifactAttachArguments::words>(
        {.name = "IMAGE", .least = 1, .rest = options::Completes::files}),
});

}  // namespace gantry::image_cli
