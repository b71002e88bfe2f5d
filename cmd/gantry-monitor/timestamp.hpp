#pragma once

#include <cstdint>
#include <string_view>

#include <time.h>

namespace gantry::monitor {

/// "2026-01-31T12:00:00.123456789+00:00": UTC, as conmon writes it.
class Timestamp {
 public:
  explicit Timestamp(const timespec& time);
  operator std::string_view() const { return {text_, sizeof text_}; }

 private:
  char text_[35];
};

timespec time_now();

}  // namespace gantry::monitor
