#pragma once

#include "http/client.hpp"

#include <optional>

namespace gantry::distribution {

/// How long to wait before the next try: twice as long each time, with some chance in it so that many clients do not
/// come back together, and at least as long as a server asks for.
class Backoff {
 public:
  static constexpr int kTries = 6;
  explicit Backoff(int most = kTries) : most_(most) {}

  /// Milliseconds until the next try; nothing when it is not worth one.
  std::optional<int> next(std::string_view retry_after = {});
  /// There has been progress: what failed before no longer counts.
  void reset() { tries_ = 0; }

 private:
  int most_;
  int tries_ = 0;
};

/// Seconds or a date (RFC 9110, section 10.2.3) in milliseconds from now; nothing when it says neither.
std::optional<std::int64_t> parse_retry_after(std::string_view value);

/// The registry, or a proxy before it, cannot answer right now: 408, 429, 500, 502, 503, 504.
bool is_temporary(int status);

void wait_for(int milliseconds);

}  // namespace gantry::distribution
