#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry {

/// The standard alphabet with padding (RFC 4648, section 4).
std::string base64_encode(std::string_view bytes);
/// The padding may be missing. Code::invalid, without the text in it: it is often a secret.
Result<std::string> base64_decode(std::string_view text);

}  // namespace gantry
