#pragma once

#include "accounts/caller.hpp"
#include "registry/metadata.hpp"
#include "serve/message.hpp"

#include <optional>
#include <string_view>

namespace gantry::registry {

// What a project rules about its repositories, whoever pushes.

/// Whether a tag that is there may not be moved or deleted.
inline bool protects(const accounts::Caller& caller, std::string_view repository, std::string_view tag) {
  const auto* project = caller.project_of(repository);
  return project != nullptr && project->protects(tag);
}

/// How much the project may take.
inline Room room_of(const accounts::Caller& caller, std::string_view repository) {
  const auto* project = caller.project_of(repository);
  return project != nullptr ? Room{project->name, project->quota} : Room{};
}

/// The answer when a change broke one of the rules; nothing: it did not.
std::optional<serve::Response> broken_rule(const Error& error);
template <class T>
std::optional<serve::Response> broken_rule(const Result<T>& result) {
  return result ? std::nullopt : broken_rule(result.error());
}

}  // namespace gantry::registry
