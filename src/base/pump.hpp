#pragma once

#include "base/stream.hpp"

namespace gantry {

/// Takes all that is left of a stream to a sink, 256 KiB at a time.
Result<> pump(Source& from, Sink& to);

}  // namespace gantry
