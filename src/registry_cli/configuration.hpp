#pragma once

#include "base/result.hpp"
#include "options/option.hpp"

#include <span>
#include <string>

namespace gantry::registry_cli {

/// Reads a YAML file whose members are named as the options, `read-only: true`, into the struct that they write into.
/// Code::invalid names file, line and member.
Result<> read_configuration(const std::string& path, std::span<const options::Option> table, void* target);

/// The same from the environment: GANTRY_REGISTRY_READ_ONLY for `--read-only`.
Result<> read_environment(std::span<const options::Option> table, void* target);

}  // namespace gantry::registry_cli
