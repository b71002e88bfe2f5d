#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gantry::transfer {

/// The one of an image's names that the user means by `given`; empty when that was its id.
std::string chosen_name(const std::vector<std::string>& names, std::string_view given);

/// "quay.io/app" of "docker://quay.io/app", where nothing but a registry can be meant.
std::string without_transport(std::string_view text);

}  // namespace gantry::transfer
