#include "distribution/backoff.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"

#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <random>
#include <string>

namespace gantry::distribution {

namespace {

constexpr int kFirst = 200;  ///< milliseconds
constexpr std::int64_t kLongest = 60'000;

}  // namespace

std::optional<int> Backoff::next(std::string_view retry_after) {
  if (++tries_ >= most_) return {};
  int own = kFirst << (tries_ - 1);
  own += static_cast<int>(std::random_device()() % static_cast<unsigned>(own / 2));
  auto asked = parse_retry_after(retry_after);
  if (asked && *asked > kLongest) return {};
  return std::max<int>(own, static_cast<int>(asked.value_or(0)));
}

std::optional<std::int64_t> parse_retry_after(std::string_view value) {
  if (auto seconds = parse_unsigned(trim(value)))
    return static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, 1u << 20)) * 1000;
  const std::string text(value);
  struct tm date {};
  const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  if (end == nullptr || *end != 0) return {};
  return std::max<std::int64_t>(0, (timegm(&date) - now() / kSecond) * 1000);
}

bool is_temporary(int status) {
  constexpr std::array kTemporary = {408, 429, 500, 502, 503, 504};
  return std::find(kTemporary.begin(), kTemporary.end(), status) != kTemporary.end();
}

void wait_for(int milliseconds) {
  timespec left{milliseconds / 1000, milliseconds % 1000 * 1'000'000L};
  while (nanosleep(&left, &left) < 0 && errno == EINTR) {
  }
}

}  // namespace gantry::distribution
