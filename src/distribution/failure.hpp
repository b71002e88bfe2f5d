#pragma once

#include "http/client.hpp"

#include <string_view>

namespace gantry::distribution {

/// What a registry's answer with a status of 400 and more means, with the reasons that it gives (distribution-spec,
/// "Error Codes"). `what` is what was asked for. Code::not_found, denied, busy, unsupported, invalid or failed.
Error failure(http::Answer& answer, std::string_view what);

}  // namespace gantry::distribution
