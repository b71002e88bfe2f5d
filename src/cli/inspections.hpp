#pragma once

#include "engine/engine.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <string>
#include <vector>

namespace gantry::cli {

/// Prints the objects behind the names as one array or, with a format, one after another. Names that cannot be found
/// are complained about after the others; the exit status is then 125.
Result<int> print_inspections(const std::vector<std::string>& names, const std::string& format,
                              const std::function<Result<boost::json::object>(const std::string&)>& inspect);

Result<boost::json::object> inspect_image(engine::Engine& engine, const std::string& name);

}  // namespace gantry::cli
