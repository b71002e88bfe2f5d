#pragma once

#include "base/clock.hpp"

#include <string_view>

namespace gantry::cli {

/// A moment as --since takes it: "10m" (so long before `now`), RFC 3339 with or without its zone and its time of the
/// day (then UTC), or seconds since 1970.
Result<Timestamp> read_moment(std::string_view word, Timestamp now);

/// "2 minutes ago".
std::string time_ago(Timestamp time, Timestamp now);

/// "2026-01-31 12:00:00 +0000 UTC", as Go prints a time.
std::string go_time(Timestamp time);

}  // namespace gantry::cli
