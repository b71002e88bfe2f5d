#pragma once

#include "base/clock.hpp"

#include <optional>

namespace gantry {

/// $SOURCE_DATE_EPOCH (reproducible-builds.org): the time, in seconds since 1970, that what is made shall have instead
/// of the present, so that it has the same bytes whenever it is made. Absent when it is not set or empty;
/// Code::invalid when it is no number.
Result<std::optional<Timestamp>> source_date_epoch();

/// That, or the present.
Result<Timestamp> build_time();

}  // namespace gantry
