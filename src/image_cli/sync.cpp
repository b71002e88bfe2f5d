#include "image_cli/sync.hpp"

#include "base/text.hpp"
#include "transfer/names.hpp"

namespace gantry::image_cli {

namespace {

/// What the plan says of a registry goes before what the command line says of all.
remote::RegistryOptions options_for(const view::SyncRegistry& registry, const remote::RegistryOptions& all) {
  remote::RegistryOptions options = all;
  if (!registry.user.empty()) options.credentials = registry.user + ":" + registry.password;
  if (registry.tls_verify) options.tls_verify = registry.tls_verify;
  if (!registry.certificates.empty()) options.certificates = registry.certificates;
  return options;
}

std::string last_part(const std::string& repository) { return repository.substr(repository.rfind('/') + 1); }

/// As skopeo names things there: "DESTINATION/app:1", or with the whole name "DESTINATION/quay.io/team/app:1".
std::string destination_of(const oci::Reference& from, const SyncOptions& options) {
  std::string name = options.scoped ? from.name() : last_part(from.repository);
  if (from.digest) name += "@" + from.digest->text();
  else name += ":" + from.tag + options.suffix;
  std::string folder = options.destination;
  while (folder.ends_with('/')) folder.pop_back();
  return folder + "/" + name;
}

Result<oci::Reference> with_version(oci::Reference reference, const std::string& version) {
  if (version.contains(':')) reference.digest = TRY(oci::Digest::parse(version));
  else if (oci::is_tag(version)) reference.tag = version;
  else return fail(Code::invalid, "'{}' of {} is neither a tag nor a digest", version, reference.name());
  return reference;
}

Result<std::vector<std::string>> versions_of(const remote::Registries& registries, const oci::Reference& repository,
                                             const view::SyncImages& images) {
  if (!images.tags.empty()) return images.tags;
  return view::chosen_tags(images, TRY(TRY(registries.repository(repository)).tags()));
}

}  // namespace

Result<std::vector<SyncJob>> sync_jobs(const std::vector<view::SyncRegistry>& plan, const SyncOptions& options) {
  if (!options.destination.starts_with("docker://") && !options.destination.starts_with("dir:"))
    return fail(Code::invalid, "'{}' is not a place to bring images to", options.destination)
        .with_cure("docker://HOST[/NAME] or dir:PATH");
  std::vector<SyncJob> jobs;
  for (const auto& registry : plan) {
    auto registries = std::make_shared<const remote::Registries>(
        TRY(remote::Registries::load(options_for(registry, options.registry))));
    for (const auto& images : registry.images) {
      auto repository = TRY(oci::parse_reference(registry.host + "/" + images.repository));
      for (const auto& version : TRY(versions_of(*registries, repository, images))) {
        auto from = TRY(with_version(repository, version));
        jobs.push_back({.from = from, .to = destination_of(from, options), .registries = registries});
      }
    }
  }
  return jobs;
}

Result<std::vector<view::SyncRegistry>> plan_of_repository(std::string_view name) {
  auto reference = TRY(oci::parse_reference(transfer::without_transport(name)));
  view::SyncImages images{.repository = reference.repository};
  if (reference.digest) images.tags = {reference.digest->text()};
  else if (!reference.tag.empty()) images.tags = {reference.tag};
  view::SyncRegistry registry{.host = reference.registry};
  registry.images.push_back(std::move(images));
  return std::vector{std::move(registry)};
}

}  // namespace gantry::image_cli
