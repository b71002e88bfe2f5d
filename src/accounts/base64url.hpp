#pragma once

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace gantry::accounts {

/// The alphabet for URLs without padding (RFC 4648, section 5), as JSON Web Tokens have it.
std::string base64url_encode(std::string_view bytes);
/// Code::invalid for any other spelling of the same bytes too, so that a token has one text only.
Result<std::string> base64url_decode(std::string_view text);

}  // namespace gantry::accounts
