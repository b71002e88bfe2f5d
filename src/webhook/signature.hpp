#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry::webhook {

/// The key of a secret: "whsec_" and base64, or the text itself (standardwebhooks.com, "Signature scheme").
/// Code::invalid when it has less than 16 bytes.
Result<std::string> key_of(std::string_view secret);

/// The value of the header webhook-signature: "v1," and the HMAC-SHA256 in base64 of "ID.SECONDS.BODY".
std::string sign(std::string_view key, std::string_view id, std::int64_t seconds, std::string_view body);

}  // namespace gantry::webhook
