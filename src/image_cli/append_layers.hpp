#pragma once

#include "image_cli/edit_image.hpp"

#include <string>
#include <vector>

namespace gantry::image_cli {

/// Adds archives at `paths` ("-": standard input) as layers, the first of them lowest.
Result<> append_layers(edit::Draft& draft, const Workplace& place, const std::vector<std::string>& paths,
                       const LayerOptions& options);

}  // namespace gantry::image_cli
