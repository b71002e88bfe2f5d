#pragma once

#include "dockerfile/check.hpp"

// The groups of checks, a file each; they add to `found`.

namespace gantry::dockerfile {

/// A rule of check_rules() by its name.
const Rule* check_rule(std::string_view name);

void check_names(const Dockerfile& file, std::vector<Finding>& found);
void check_forms(const Dockerfile& file, std::vector<Finding>& found);
void check_from(const Dockerfile& file, const CheckInputs& inputs, std::vector<Finding>& found);
void check_variables(const Dockerfile& file, const CheckInputs& inputs, std::vector<Finding>& found);

}  // namespace gantry::dockerfile
