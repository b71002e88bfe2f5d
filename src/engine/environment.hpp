#pragma once

#include "engine/config.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::engine {

/// "NAME=value" lists joined: an entry of `over` takes the place of one of the same name, else it comes last.
std::vector<std::string> join_environment(std::vector<std::string> base, const std::vector<std::string>& over);

/// Whether --unsetenv names the variable of an entry.
bool is_unset(const ContainerConfig& config, std::string_view entry);

/// `text` with ${NAME} replaced by what `env` says of it, or by nothing.
std::string expand_variables(std::string_view text, const std::vector<std::string>& env);

}  // namespace gantry::engine
