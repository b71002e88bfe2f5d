#include "base/text.hpp"
#include "registries/configuration.hpp"

namespace gantry::registries {

namespace {

using References = std::vector<oci::Reference>;

References one(oci::Reference reference) {
  References references;
  references.push_back(std::move(reference));
  return references;
}

Result<References> search(const Configuration& configuration, std::string_view name) {
  References references;
  for (const auto& registry : configuration.search)
    references.push_back(TRY(oci::parse_reference(fmt::format("{}/{}", registry, name))));
  if (references.empty())
    return fail(Code::invalid, "'{}' is a short name, and {} has no registry to search", name,
                configuration.search_file)
        .with_cure(fmt::format("write the registry, as in docker.io/{}", name));
  if (references.size() == 1 || configuration.short_name_mode != ShortNameMode::enforcing) return references;
  return fail(Code::invalid, "'{}' is a short name that {} registries may have", name, references.size())
      .with_cure(fmt::format("write the registry, as in {}", references.front().canonical()));
}

}  // namespace

Result<References> candidates(const Configuration& configuration, std::string_view name) {
  auto reference = TRY(oci::parse_reference(name));
  if (is_whole_name(name)) return one(std::move(reference));
  // Without a registry there is no port, so a colon is a tag's.
  const std::string bare(name.substr(0, name.find_first_of(":@")));
  if (const auto alias = configuration.aliases.find(bare); alias != configuration.aliases.end()) {
    auto meant = TRY(oci::parse_reference(alias->second));
    meant.tag = std::move(reference.tag);
    meant.digest = std::move(reference.digest);
    return one(std::move(meant));
  }
  if (configuration.search_file.empty()) return one(std::move(reference));
  return search(configuration, name);
}

}  // namespace gantry::registries
