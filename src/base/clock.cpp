#include "base/clock.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <limits>
#include <optional>

namespace gantry {

namespace {

std::int64_t read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return time.tv_sec * kSecond + time.tv_nsec;
}

}  // namespace

Timestamp now() { return read_clock(CLOCK_REALTIME); }
std::int64_t monotonic() { return read_clock(CLOCK_MONOTONIC); }

std::string to_rfc3339(Timestamp time) {
  std::int64_t nanoseconds = time % kSecond;
  std::int64_t seconds = time / kSecond;
  if (nanoseconds < 0) {
    nanoseconds += kSecond;
    --seconds;
  }
  // Not gmtime_r(3), which reads the machine's time zone first.
  namespace chrono = std::chrono;
  const chrono::sys_seconds moment{chrono::seconds(seconds)};
  const auto midnight = chrono::floor<chrono::days>(moment);
  const chrono::year_month_day date(midnight);
  const chrono::hh_mm_ss clock(moment - midnight);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), nanoseconds);
}

namespace {

/// The decimal number of `length` digits at `at`, or -1.
int digits_at(std::string_view text, std::size_t at, std::size_t length) {
  if (text.size() < at + length) return -1;
  const auto number = parse_unsigned(text.substr(at, length));
  return number ? static_cast<int>(*number) : -1;
}

/// Seconds since 1970 of "2026-01-31T12:00:00" in UTC; a leap second counts as the one after it.
std::optional<std::int64_t> parse_date_time(std::string_view text) {
  namespace chrono = std::chrono;
  if (text.size() != 19 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') return {};
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return {};
  const int year = digits_at(text, 0, 4), month = digits_at(text, 5, 2), day = digits_at(text, 8, 2);
  const int hour = digits_at(text, 11, 2), minute = digits_at(text, 14, 2), second = digits_at(text, 17, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60)
    return {};
  const chrono::year_month_day date{chrono::year{year}, chrono::month{static_cast<unsigned>(month)},
                                    chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return {};
  return ((chrono::sys_days(date).time_since_epoch().count() * 24ll + hour) * 60 + minute) * 60 + second;
}

/// Seconds east of UTC of "Z" or "+02:00".
std::optional<std::int64_t> parse_zone(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return {};
  const int hours = digits_at(text, 1, 2), minutes = digits_at(text, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return {};
  return (hours * 60 + minutes) * 60 * (text[0] == '-' ? -1 : 1);
}

}  // namespace

Result<Timestamp> parse_rfc3339(std::string_view text) {
  constexpr Timestamp kFirst = std::numeric_limits<Timestamp>::min(), kLast = std::numeric_limits<Timestamp>::max();
  constexpr std::size_t kSeconds = 19;  // the length of a time without fraction and zone
  auto bad = [&] { return fail(Code::invalid, "'{}' is not a time; write it as 2026-01-31T12:00:00Z", text); };
  std::size_t zone_at = std::min(kSeconds, text.size());
  std::int64_t nanoseconds = 0;
  if (zone_at < text.size() && text[zone_at] == '.') {
    std::int64_t scale = kSecond / 10;
    for (++zone_at; zone_at < text.size() && text[zone_at] >= '0' && text[zone_at] <= '9'; ++zone_at, scale /= 10)
      nanoseconds += (text[zone_at] - '0') * scale;
    if (zone_at == kSeconds + 1) return bad();
  }
  const auto local = parse_date_time(text.substr(0, kSeconds));
  const auto offset = parse_zone(text.substr(zone_at));
  if (!local || !offset) return bad();
  const std::int64_t seconds = *local - *offset;
  if (seconds <= kFirst / kSecond) return kFirst;
  if (seconds >= kLast / kSecond) return kLast;
  return seconds * kSecond + nanoseconds;
}

Result<std::int64_t> parse_duration(std::string_view text) {
  auto bad = [&] { return fail(Code::invalid, "'{}' is not a duration; write it as 10s, 5m or 1h30m", text); };
  if (text.empty()) return bad();
  if (text == "0") return 0;
  double total = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    auto length = rest.find_first_not_of("0123456789.");
    if (length == 0 || length == std::string_view::npos) return bad();
    auto [whole, fraction, has_fraction] = cut(rest.substr(0, length), '.');
    double number = 0;
    for (char c : whole) number = number * 10 + (c - '0');
    double scale = 0.1;
    for (char c : fraction) {
      if (c == '.') return bad();
      number += (c - '0') * scale;
      scale /= 10;
    }
    rest.remove_prefix(length);
    auto unit_length = std::min(rest.find_first_of("0123456789."), rest.size());
    std::string_view unit = rest.substr(0, unit_length);
    double factor = unit == "ns"   ? 1
                    : unit == "us" ? 1e3
                    : unit == "ms" ? 1e6
                    : unit == "s"  ? 1e9
                    : unit == "m"  ? 60e9
                    : unit == "h"  ? 3600e9
                                   : 0;
    if (factor == 0) return bad();
    total += number * factor;
    if (total > 9e18) return bad();
    rest.remove_prefix(unit_length);
  }
  return std::llround(total);
}

std::string human_age(std::int64_t nanoseconds) {
  std::int64_t seconds = nanoseconds / kSecond;
  if (seconds < 1) return "Less than a second";
  if (seconds == 1) return "1 second";
  if (seconds < 60) return fmt::format("{} seconds", seconds);
  std::int64_t minutes = seconds / 60;
  if (minutes == 1) return "About a minute";
  if (minutes < 60) return fmt::format("{} minutes", minutes);
  std::int64_t hours = (minutes + 30) / 60;
  if (hours == 1) return "About an hour";
  if (hours < 48) return fmt::format("{} hours", hours);
  std::int64_t days = hours / 24;
  if (days < 14) return fmt::format("{} days", days);
  if (days < 60) return fmt::format("{} weeks", days / 7);
  if (days < 730) return fmt::format("{} months", days / 30);
  return fmt::format("{} years", days / 365);
}

}  // namespace gantry
