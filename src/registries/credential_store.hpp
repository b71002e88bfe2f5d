#pragma once

#include "base/result.hpp"
#include "registries/auth_file.hpp"
#include "registries/credentials.hpp"
#include "registries/paths.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::registries {

/// Among the helpers: the files with credentials (containers-registries.conf(5), "credential-helpers").
inline constexpr std::string_view kAuthFiles = "containers-auth.json";

/// Where `podman login` and `docker login` leave credentials. A name is a registry or a namespace in it: "quay.io",
/// "localhost:5000", "quay.io/ns/repo". No secret appears in an error.
class CredentialStore {
 public:
  /// `files` are read in order, and the first one is written. `helpers` are asked in order; kAuthFiles among them is
  /// the files' turn.
  explicit CredentialStore(std::vector<AuthFile> files, std::vector<std::string> helpers = {std::string(kAuthFiles)})
      : files_(std::move(files)), helpers_(std::move(helpers)) {}

  /// The credentials for what is closest to `name`: its own, those of a namespace around it, or the registry's.
  Result<std::optional<Credentials>> find(std::string_view name) const;

  /// Keeps them for exactly `name`, in the first place that takes them; returns that place, for the user.
  Result<std::string> store(std::string_view name, const Credentials& credentials) const;

  /// Code::not_found when there are none, or none that we may change.
  Result<> erase(std::string_view name) const;

  /// Users by name: what erase() can erase.
  Result<std::map<std::string, std::string>> list() const;

 private:
  std::vector<AuthFile> files_;
  std::vector<std::string> helpers_;
};

}  // namespace gantry::registries
