#include "base/build_time.hpp"

#include "base/text.hpp"

#include <cstdlib>
#include <limits>

namespace gantry {

Result<std::optional<Timestamp>> source_date_epoch() {
  const char* variable = std::getenv("SOURCE_DATE_EPOCH");
  if (variable == nullptr || *variable == '\0') return std::optional<Timestamp>();
  auto seconds = parse_unsigned(variable);
  if (!seconds || *seconds > static_cast<std::uint64_t>(std::numeric_limits<Timestamp>::max() / kSecond))
    return fail(Code::invalid, "$SOURCE_DATE_EPOCH: '{}' is no number of seconds since 1970", variable)
        .with_cure("date +%s prints one");
  return std::optional(static_cast<Timestamp>(*seconds) * kSecond);
}

Result<Timestamp> build_time() {
  auto epoch = TRY(source_date_epoch());
  return epoch ? *epoch : now();
}

}  // namespace gantry
