#pragma once

#include "base/result.hpp"
#include "serve/message.hpp"

#include <string>
#include <string_view>

namespace gantry::registry {

/// An answer with what all have.
serve::Response reply(int status);
serve::Response json_reply(int status, std::string text);

/// An answer that is an error as distribution-spec has it ("Error Codes"): `code` is one of its names.
serve::Response problem(int status, std::string_view code, std::string_view message);

/// The answer for what went wrong here or with the client's body; what is our own fault goes to the log.
serve::Response problem_of(const Error& error);

}  // namespace gantry::registry
