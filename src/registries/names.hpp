#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::registries {

/// Docker's registry, and how docker's own files and helpers write it.
inline constexpr std::string_view kDockerHub = "docker.io";
inline constexpr std::string_view kDockerHubUrl = "https://index.docker.io/v1/";

/// What a user logs in to: "quay.io", "localhost:5000", "quay.io/namespace/repository". A scheme and slashes at the end
/// are dropped, as in "https://quay.io/". Code::invalid for a tag, a digest, or what is no registry's host.
Result<std::string> parse_login_name(std::string_view text);

/// The host of "host[:port]/namespace/…".
std::string_view host_of(std::string_view name);

/// The names whose credentials are good for `name`, best first: "quay.io/a/b", "quay.io/a", "quay.io".
std::vector<std::string> names_for(std::string_view name);

/// The name that a key of a file with credentials stands for. "https://index.docker.io/v1/" is "docker.io"; an URL, and
/// a key of the old format, is about a whole host; "quay.io/v2/" names the API and no namespace.
std::string name_of_key(std::string_view key, bool old_format);

}  // namespace gantry::registries
