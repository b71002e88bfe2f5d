#pragma once

#include <string>
#include <string_view>

namespace gantry::serve {

/// "404 Not Found"
std::string_view status_line(int status);
/// Now, as HTTP writes it: "Sat, 28 Nov 2026 20:30:00 GMT".
std::string_view http_date();

}  // namespace gantry::serve
