#pragma once

#include "engine/engine.hpp"

#include <boost/json/object.hpp>

namespace gantry::cli {

/// The fields of podman's and docker's `volume inspect`.
boost::json::object inspect_volume(engine::Engine& engine, const engine::Volume& volume);

}  // namespace gantry::cli
