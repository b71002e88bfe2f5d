#pragma once

#include "base/error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace gantry {

/// An error as bytes, for a pipe or socket between processes of one program.
std::string pack_error(const Error& error);
/// Nothing when the bytes are not all that pack_error() made: the writer died over them.
std::optional<Error> unpack_error(std::string_view bytes);

}  // namespace gantry
