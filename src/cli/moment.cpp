#include "cli/moment.hpp"

#include "base/text.hpp"

#include <charconv>
#include <cmath>

namespace gantry::cli {

Result<Timestamp> read_moment(std::string_view word, Timestamp now) {
  if (auto duration = parse_duration(word)) return now - *duration;
  double seconds = 0;
  auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), seconds);
  constexpr double kMost = 9e9;  // Timestamp ends in the year 2262
  if (problem == std::errc() && end == word.data() + word.size() && std::abs(seconds) < kMost)
    return static_cast<Timestamp>(seconds * kSecond);
  constexpr std::string_view kMissing[] = {"", "Z", ":00Z", "T00:00:00Z"};
  for (auto missing : kMissing)
    if (auto time = parse_rfc3339(std::string(word).append(missing))) return *time;
  return fail(Code::invalid, "'{}' is no time", word)
      .with_cure("write 10m for ten minutes ago, 2026-01-31T12:00:00Z, or seconds since 1970");
}

std::string time_ago(Timestamp time, Timestamp now) { return human_age(now - time) + " ago"; }

std::string go_time(Timestamp time) {
  std::string text = to_rfc3339(time);
  return fmt::format("{} {} +0000 UTC", text.substr(0, 10), text.substr(11, 8));
}

}  // namespace gantry::cli
