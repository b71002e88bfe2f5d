#pragma once

#include "distribution/repository.hpp"
#include "oci/reference.hpp"
#include "registries/configuration.hpp"
#include "registries/credential_store.hpp"
#include "registries/paths.hpp"
#include "transfer/origin.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::remote {

/// What a command line says about the way to registries.
struct RegistryOptions {
  std::string auth_file;
  std::string certificates;        ///< a folder, for all registries
  std::string credentials;         ///< "USER[:PASSWORD]"
  std::optional<bool> tls_verify;  ///< absent: as registries.conf says
};

/// The registries as this user has configured them: credentials, certificates, mirrors, short names.
class Registries {
 public:
  static Result<Registries> load(const RegistryOptions& options);

  /// For a repository, or a registry alone: "quay.io/ns/repo", "quay.io".
  Result<distribution::Access> access(std::string_view name, bool insecure = false) const;
  /// For a registry as a whole, by its host, where registries.conf(5) says that it is.
  Result<distribution::Access> registry(const std::string& host) const;
  /// The repository itself, not a mirror of it: to push to.
  Result<distribution::Repository> repository(const oci::Reference& reference) const;
  /// The first place that has the image, mirrors before the registry itself. Its list() has this one image.
  Result<std::unique_ptr<transfer::Origin>> origin(const oci::Reference& reference) const;
  /// The same of a name that a user typed, which may mean several references.
  Result<std::unique_ptr<transfer::Origin>> origin(std::string_view name) const;

  registries::CredentialStore credentials() const;
  const registries::Configuration& configuration() const { return configuration_; }

 private:
  Registries() = default;
  RegistryOptions options_;
  registries::Paths paths_;
  registries::Configuration configuration_;
};

/// What a reference asks a registry for: its digest, else its tag, else "latest".
std::string wanted_of(const oci::Reference& reference);

}  // namespace gantry::remote
