#pragma once

#include "dockerfile/lint.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::dockerfile {

/// A rule of lint_rules() by its name.
const Rule* lint_rule(std::string_view name);

void lint_images(const Dockerfile& file, std::vector<Finding>& found);
void lint_packages(const Dockerfile& file, std::vector<Finding>& found);
void lint_secrets(const Dockerfile& file, std::vector<Finding>& found);
void lint_order(const Dockerfile& file, std::vector<Finding>& found);

/// What a RUN's shell or list runs, heredocs included, as one text.
std::string text_of(const Command& command);
/// Whether the words of `phrase` follow each other in the text, each a word of its own: "apt-get update".
bool has_phrase(std::string_view text, std::string_view phrase);

}  // namespace gantry::dockerfile
