#pragma once

#include "distribution/session.hpp"
#include "registries/paths.hpp"

#include <string_view>

namespace gantry::distribution {

/// The way to the registry of `name` ("quay.io/ns/repo", "quay.io") with the certificates that `paths` has for it, and
/// without credentials.
Result<Access> access_to(const registries::Paths& paths, std::string_view name, bool insecure);

}  // namespace gantry::distribution
