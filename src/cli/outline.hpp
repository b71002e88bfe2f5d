#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace gantry::cli {

/// Objects in objects as indented lines "name: value", which is YAML.
std::string outline(const boost::json::object& object);

}  // namespace gantry::cli
