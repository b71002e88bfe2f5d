#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gantry {

/// Nanoseconds since 1970 UTC.
using Timestamp = std::int64_t;

inline constexpr Timestamp kSecond = 1'000'000'000;

Timestamp now();
/// Nanoseconds that only grow, for measuring.
std::int64_t monotonic();

/// "2026-01-31T12:00:00.123456789Z" (RFC 3339).
std::string to_rfc3339(Timestamp time);
/// Any RFC 3339 time, with its zone; figures past nanoseconds are dropped, and times before 1677 or after 2262 (Go's
/// zero time, 0001-01-01, among them) become the nearest Timestamp. Code::invalid otherwise.
Result<Timestamp> parse_rfc3339(std::string_view text);
/// "10s", "1m30s", "1.5h", "250ms", "0": Go's duration syntax without a sign, in nanoseconds.
Result<std::int64_t> parse_duration(std::string_view text);
/// "About a minute", "3 hours": as docker and podman print ages.
std::string human_age(std::int64_t nanoseconds);

}  // namespace gantry
