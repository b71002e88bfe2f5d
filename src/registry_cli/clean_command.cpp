#include "options/print.hpp"
#include "registry_cli/commands.hpp"
#include "registry_cli/retain.hpp"

#ifdef GANTRY_HAVE_REGISTRIES
#include "mirror/remote_images.hpp"
#include "remote/registry_options.hpp"
#endif

namespace gantry::registry_cli {

namespace {

#ifdef GANTRY_HAVE_REGISTRIES

struct CleanArguments {
  RetentionSetting rule;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< REPOSITORY|REGISTRY...
};

/// "127.0.0.1:5000", "registry.example": no repository's name.
bool is_registry(std::string_view word) {
  return word.find('/') == std::string_view::npos && word.find_first_of(".:") != std::string_view::npos;
}

/// The repositories that a word names: itself, or all of a registry.
Result<std::vector<distribution::Repository>> repositories_of(const remote::Registries& registries,
                                                              const std::string& word) {
  std::vector<distribution::Repository> repositories;
  if (!is_registry(word)) {
    const auto reference = TRY(oci::parse_reference(word));
    if (!reference.tag.empty() || reference.digest)
      return fail(Code::invalid, "'{}' is an image, and not a repository", word).with_cure("name " + reference.name());
    repositories.push_back(TRY(registries.repository(reference)));
    return repositories;
  }
  auto session = std::make_shared<distribution::Session>(TRY(registries.registry(word)));
  for (auto& name : TRY(distribution::catalog(*session))) repositories.emplace_back(session, std::move(name));
  return repositories;
}

Result<> clean(const distribution::Repository& repository, const RetentionSetting& setting) {
  const auto rule = TRY(rule_of(setting));
  for (const auto& image : retention::expired(TRY(mirror::images_of(repository)), rule, now())) {
    if (!setting.dry_run) TRY(mirror::remove_image(repository, image.digest));
    TRY(options::print(
        fmt::format("{} {}\n", setting.dry_run ? "Would remove" : "Removed", label_of(repository.label(), image))));
  }
  return {};
}

Result<int> run_clean(const Globals&, const CleanArguments& arguments) {
  TRY(rule_of(arguments.rule));
  const auto registries = TRY(remote::Registries::load(arguments.registry));
  for (const auto& word : arguments.words)
    for (const auto& repository : TRY(repositories_of(registries, word))) TRY(clean(repository, arguments.rule));
  return 0;
}

constexpr options::Group kGroups[] = {
    options::group<&CleanArguments::rule>(kKeepSettings),
    options::group<&CleanArguments::registry>(remote::kRegistryOptions, "Registry options")};

#else

struct CleanArguments {
  RetentionSetting rule;
  std::vector<std::string> words;  ///< REPOSITORY|REGISTRY...
};

Result<int> run_clean(const Globals&, const CleanArguments&) {
  return fail(Code::unsupported, "this build of Gantry, which needs no libraries, talks to no registry")
      .with_cure("install its Debian package");
}

constexpr options::Group kGroups[] = {options::group<&CleanArguments::rule>(kKeepSettings)};

#endif

constexpr options::Example kExamples[] = {
    {"gantry registry clean --keep-last 10 --keep 'v*' --dry-run quay.io/team/app", "What would go of a repository"},
    {"gantry registry clean --older-than 30d --tags 'pr-*' registry.example", "Old builds of a whole registry"},
};

}  // namespace

constinit const Command kClean = options::command<run_clean>({
    .name = "clean",
    .summary = "Remove old images from any registry",
    .synopsis = "[OPTIONS] REPOSITORY|REGISTRY...",
    .description =
        "A tag goes that is neither among the newest, nor young, nor kept by its name; an image goes when all its tags "
        "go, with its signatures, and an index with its images, as far as nothing else names them. How old an image is "
        "says its config: what does not say it stays. The registry has to allow deletions; the room on its disk comes "
        "back when it collects.\n"
        "A registry of Gantry's own does the same by itself: see `retention` in the file of --config.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&CleanArguments::words>({.name = "REPOSITORY", .least = 1}),
});

}  // namespace gantry::registry_cli
