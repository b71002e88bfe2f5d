#pragma once

#include "serve/message.hpp"

#include <optional>
#include <string_view>

namespace gantry::registry_web {

/// The page that shows a registry in a browser, at `/`, and its parts below `/web/`. It has nothing to hide: what it
/// shows it asks the API for. Nothing: the path is none of these.
std::optional<serve::Response> web_page(std::string_view path);

}  // namespace gantry::registry_web
