#pragma once

#include "engine/engine.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace gantry::cli {

std::string_view driver_name(net::Driver driver);
/// As podman's `network inspect` has it.
Result<boost::json::object> network_document(const net::Network& network);

/// "127.0.0.1:8080->80/tcp", "0.0.0.0:8000-8009->80-89/tcp": as docker and podman show what is published.
std::string port_text(const net::PublishedPort& port);

}  // namespace gantry::cli
