#pragma once

#include "base/result.hpp"
#include "options/option.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::registry_cli {

/// A member of the file that is a list of maps, each of which has the members of all `tables`.
struct Section {
  std::string_view name;
  std::vector<std::span<const options::Option>> tables;
  std::function<void*()> add;  ///< makes one more item, for the options to write into
};

/// Reads a YAML file whose members are named as the options, `read-only: true`, into the struct that they write into.
/// An option that can be repeated may have a list. Code::invalid names file, line and member.
Result<> read_configuration(const std::string& path, std::span<const options::Option> table, void* target,
                            const std::vector<Section>& sections);

/// The same from the environment: GANTRY_REGISTRY_READ_ONLY for `--read-only`.
Result<> read_environment(std::span<const options::Option> table, void* target);

}  // namespace gantry::registry_cli
