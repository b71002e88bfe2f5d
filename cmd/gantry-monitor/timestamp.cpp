#include "timestamp.hpp"

namespace gantry::monitor {

namespace {

struct Date {
  std::int64_t year;
  int month;
  int day;
};

/// The Gregorian date of a day since 1970. Counting years from March puts the leap day at the end, which makes the
/// months' lengths a line: month m (0: March) begins (153 m + 2) / 5 days after the 1st of March.
Date date_of_day(std::int64_t day_since_1970) {
  constexpr std::int64_t kDaysOf400Years = 146097;
  std::int64_t day = day_since_1970 + 719468;  // since the 1st of March of the year 0
  std::int64_t era = day / kDaysOf400Years;
  std::int64_t in_era = day % kDaysOf400Years;
  std::int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  int in_year = static_cast<int>(in_era - (365 * year + year / 4 - year / 100));
  int from_march = (5 * in_year + 2) / 153;
  int month = from_march < 10 ? from_march + 3 : from_march - 9;
  return {era * 400 + year + (month <= 2), month, in_year - (153 * from_march + 2) / 5 + 1};
}

/// `width` figures of `number`, with leading zeros, and then `after`.
char* put(char* out, std::int64_t number, int width, char after) {
  for (int i = width - 1; i >= 0; i--) {
    out[i] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  out[width] = after;
  return out + width + 1;
}

}  // namespace

Timestamp::Timestamp(const timespec& time) {
  constexpr std::int64_t kSecondsOfDay = 86400;
  Date date = date_of_day(time.tv_sec / kSecondsOfDay);
  std::int64_t second = time.tv_sec % kSecondsOfDay;
  char* out = text_;
  out = put(out, date.year, 4, '-');
  out = put(out, date.month, 2, '-');
  out = put(out, date.day, 2, 'T');
  out = put(out, second / 3600, 2, ':');
  out = put(out, second / 60 % 60, 2, ':');
  out = put(out, second % 60, 2, '.');
  out = put(out, time.tv_nsec, 9, '+');
  out = put(out, 0, 2, ':');
  // No separator follows the last figures.
  out[0] = '0';
  out[1] = '0';
}

timespec time_now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return now;
}

}  // namespace gantry::monitor
