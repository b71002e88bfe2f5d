// Compares the monitor's calendar with the C library's, twice a day for 430 years.

#include "../../cmd/gantry-monitor/timestamp.hpp"

#include <cstdio>
#include <string_view>

int main() {
  constexpr time_t kStep = 43201;
  constexpr time_t kEnd = 430LL * 366 * 86400;
  for (time_t second = 0; second < kEnd; second += kStep) {
    timespec time{.tv_sec = second, .tv_nsec = second % 1'000'000'000};
    tm parts;
    gmtime_r(&second, &parts);
    char date[32], expected[64];
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(expected, sizeof expected, "%s.%09ld+00:00", date, time.tv_nsec);
    gantry::monitor::Timestamp actual(time);
    if (std::string_view(actual) != expected) {
      std::string_view text = actual;
      printf("expected %s, got %.*s\n", expected, static_cast<int>(text.size()), text.data());
      return 1;
    }
  }
}
