#pragma once

#include "base/stream.hpp"

namespace gantry::image_cli {

/// Writes all of a stream to standard output.
Result<> print_stream(Source& source);

}  // namespace gantry::image_cli
