#include "remote/registry_access.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "distribution/access.hpp"
#include "registries/names.hpp"
#include "remote/origin_registry.hpp"

namespace gantry::remote {

namespace {

Result<registries::Credentials> parse_credentials(std::string_view text) {
  auto [user, password, found] = cut(text, ':');
  if (user.empty() || !found)
    return fail(Code::invalid, "--creds: a user and a password belong there").with_cure("--creds USER:PASSWORD");
  registries::Credentials credentials;
  credentials.user = user;
  credentials.password = password;
  return credentials;
}

}  // namespace

std::string wanted_of(const oci::Reference& reference) {
  if (reference.digest) return reference.digest->text();
  return reference.tag.empty() ? "latest" : reference.tag;
}

Result<Registries> Registries::load(const RegistryOptions& options) {
  Registries registries;
  registries.options_ = options;
  registries.paths_ =
      registries::paths_of_environment({.auth_file = options.auth_file, .certificates = options.certificates});
  registries.configuration_ = TRY(registries::load_configuration(registries.paths_));
  return registries;
}

Result<distribution::Access> Registries::access(std::string_view name, bool insecure) const {
  auto access = TRY(distribution::access_to(paths_, name, options_.tls_verify ? !*options_.tls_verify : insecure));
  if (!options_.credentials.empty()) {
    access.credentials = TRY(parse_credentials(options_.credentials));
    return access;
  }
  access.credentials = TRY(credentials().find(name));
  return access;
}

registries::CredentialStore Registries::credentials() const {
  return registries::CredentialStore(paths_.auth_files, configuration_.credential_helpers);
}

Result<distribution::Access> Registries::registry(const std::string& host) const {
  auto places =
      TRY(registries::endpoints(configuration_, {.registry = host, .repository = "any", .tag = {}, .digest = {}}));
  return access(places.back().reference.registry, places.back().insecure);
}

Result<distribution::Repository> Registries::repository(const oci::Reference& reference) const {
  auto places = TRY(registries::endpoints(configuration_, reference));
  // Another location is for reading alone (containers-registries.conf(5), "Remapping and mirroring registries").
  auto session = std::make_shared<distribution::Session>(TRY(access(reference.name(), places.back().insecure)));
  return distribution::Repository(std::move(session), reference.repository);
}

Result<std::unique_ptr<transfer::Origin>> Registries::origin(const oci::Reference& reference) const {
  auto places = TRY(registries::endpoints(configuration_, reference));
  for (const auto& place : places) {
    auto session = std::make_shared<distribution::Session>(TRY(access(place.reference.name(), place.insecure)));
    distribution::Repository repository(std::move(session), place.reference.repository);
    auto origin = open_registry_origin(std::move(repository), reference);
    if (origin || !place.mirror) return origin;
    log::info("mirror {}: {}", place.reference.name(), origin.error().message());
  }
  return fail(Code::not_found, "no registry is configured for {}", reference.canonical());
}

Result<std::unique_ptr<transfer::Origin>> Registries::origin(std::string_view name) const {
  auto references = TRY(registries::candidates(configuration_, name));
  std::string reasons;
  for (const auto& reference : references) {
    auto found = origin(oci::with_default_tag(reference));
    if (found || references.size() == 1) return found;
    reasons += (reasons.empty() ? "" : "; ") + found.error().message();
  }
  return fail(Code::not_found, "no registry has '{}': {}", name, reasons);
}

}  // namespace gantry::remote
