#include "image_cli/sync.hpp"

#include "base/file.hpp"
#include "linux/path.hpp"
#include "transfer/names.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

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

std::string below(std::string folder, const std::string& name) {
  while (folder.ends_with('/')) folder.pop_back();
  return folder + "/" + name;
}

/// As skopeo names things there: "DESTINATION/app:1", or with the whole name "DESTINATION/quay.io/team/app:1".
std::string destination_of(const oci::Reference& from, const SyncOptions& options) {
  std::string name = options.scoped ? from.name() : last_part(from.repository);
  if (from.digest) name += "@" + from.digest->text();
  else name += ":" + from.tag + options.suffix;
  return below(options.destination, name);
}

/// Folders of images, from `path` on; images are not looked into.
Result<> find_images(const std::string& path, std::vector<std::string>& found) {
  const Fd folder = TRY(open_file(path, O_RDONLY | O_DIRECTORY));
  struct stat info;
  if (fstatat(folder.get(), "manifest.json", &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode)) {
    found.push_back(path);
    return {};
  }
  auto names = TRY(list_folder_at(folder.get(), "."));
  std::ranges::sort(names);
  for (const auto& name : names)
    if (fstatat(folder.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode))
      TRY(find_images(path + "/" + name, found));
  return {};
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
        jobs.push_back({.from = {.transport = transfer::Transport::docker, .path = from.canonical()},
                        .to = destination_of(from, options),
                        .registries = registries});
      }
    }
  }
  return jobs;
}

Result<std::vector<SyncJob>> sync_jobs_of_folder(const std::string& path, const SyncOptions& options) {
  if (!options.destination.starts_with("docker://"))
    return fail(Code::invalid, "'{}' is not a registry to bring a folder's images to", options.destination)
        .with_cure("docker://HOST[/NAME]; cp -a copies from folder to folder");
  const std::string root = linux::clean_path(TRY(absolute_path(path)));
  std::vector<std::string> images;
  TRY(find_images(root, images));
  if (images.empty()) return fail(Code::not_found, "there are no images of dir: in {}", path);
  std::vector<SyncJob> jobs;
  for (const auto& image : images) {
    const std::string way = image == root ? last_part(root) : image.substr(root.size() + 1);
    jobs.push_back({.from = {.transport = transfer::Transport::dir, .path = image},
                    .to = below(options.destination, (options.scoped ? way : last_part(way)) + options.suffix)});
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
