#include "base/clock.hpp"

#include "base/text.hpp"

#include <ctime>

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
  time_t seconds = time / kSecond;
  if (nanoseconds < 0) {
    nanoseconds += kSecond;
    --seconds;
  }
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, nanoseconds);
}

Result<Timestamp> parse_rfc3339(std::string_view text) {
  auto bad = [&] { return fail(Code::invalid, "'{}' is not a time; write it as 2026-01-31T12:00:00Z", text); };
  auto field = [&](std::size_t at, std::size_t length) -> int {
    if (text.size() < at + length) return -1;
    auto number = parse_unsigned(text.substr(at, length));
    return number ? static_cast<int>(*number) : -1;
  };
  std::tm utc{};
  int year = field(0, 4), month = field(5, 2);
  utc.tm_mday = field(8, 2);
  utc.tm_hour = field(11, 2);
  utc.tm_min = field(14, 2);
  utc.tm_sec = field(17, 2);
  if (year < 0 || month < 1 || month > 12 || utc.tm_mday < 1 || utc.tm_mday > 31 || utc.tm_hour < 0 ||
      utc.tm_hour > 23 || utc.tm_min < 0 || utc.tm_min > 59 || utc.tm_sec < 0 || utc.tm_sec > 60)
    return bad();
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') || text[13] != ':' ||
      text[16] != ':')
    return bad();
  utc.tm_year = year - 1900;
  utc.tm_mon = month - 1;
  std::int64_t nanoseconds = 0;
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    std::int64_t scale = kSecond / 10;
    std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10)
      nanoseconds += (text[at] - '0') * scale;
    if (at == first) return bad();
  }
  std::int64_t offset = 0;
  std::string_view zone = text.substr(at);
  if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':') {
    int hours = field(at + 1, 2), minutes = field(at + 4, 2);
    if (hours < 0 || minutes < 0) return bad();
    offset = (hours * 60 + minutes) * 60 * (zone[0] == '-' ? -1 : 1);
  } else if (zone != "Z" && zone != "z") {
    return bad();
  }
  return (static_cast<std::int64_t>(timegm(&utc)) - offset) * kSecond + nanoseconds;
}

Result<std::int64_t> parse_duration(std::string_view text) {
  auto bad = [&] { return fail(Code::invalid, "'{}' is not a duration; write it as 10s, 5m or 1h30m", text); };
  if (text.empty()) return bad();
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
  return static_cast<std::int64_t>(total);
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
  if (hours < 24 * 14) return fmt::format("{} days", hours / 24);
  if (hours < 24 * 60) return fmt::format("{} weeks", hours / 24 / 7);
  if (hours < 24 * 365 * 2) return fmt::format("{} months", hours / 24 / 30);
  return fmt::format("{} years", hours / 24 / 365);
}

}  // namespace gantry
