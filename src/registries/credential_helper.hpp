#pragma once

#include "base/result.hpp"
#include "registries/credentials.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gantry::registries {

/// A program docker-credential-NAME that keeps credentials in a keychain
/// (github.com/docker/docker-credential-helpers, "Development"). It is stopped when it takes too long, and what it says
/// is hostile. Code::no_command: there is no such program.
class CredentialHelper {
 public:
  static constexpr int kTimeLimit = 60'000;  ///< milliseconds

  /// Code::invalid for a name that is not letters, digits, '.', '_' and '-'.
  static Result<CredentialHelper> named(std::string_view name, int time_limit = kTimeLimit);

  /// `server` is the key under which it keeps them: a host or an URL.
  Result<std::optional<Credentials>> get(std::string_view server) const;
  /// Code::unsupported for a registry token.
  Result<> store(std::string_view server, const Credentials& credentials) const;
  /// Whether it had any.
  Result<bool> erase(std::string_view server) const;
  /// Users by server.
  Result<std::map<std::string, std::string>> list() const;

 private:
  CredentialHelper(std::string program, int time_limit) : program_(std::move(program)), time_limit_(time_limit) {}
  Result<std::optional<std::string>> ask(const char* action, std::string_view input,
                                         std::string_view secret = {}) const;

  std::string program_;
  int time_limit_;
};

}  // namespace gantry::registries
