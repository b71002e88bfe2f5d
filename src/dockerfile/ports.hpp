#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gantry::dockerfile {

/// What one word of EXPOSE means for the image's configuration: "80" is "80/tcp", "8000-8002/udp" three ports. A
/// host's port or address before a colon is read and dropped, as BuildKit does. Code::invalid, without a place.
Result<std::vector<std::string>> read_ports(std::string_view word);

}  // namespace gantry::dockerfile
