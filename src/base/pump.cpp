#include "base/pump.hpp"

#include <memory>

namespace gantry {

Result<> pump(Source& from, Sink& to) {
  constexpr std::size_t kBuffer = 256u << 10;
  const auto buffer = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
  while (const std::size_t got = TRY(from.read({buffer.get(), kBuffer}))) TRY(to.write({buffer.get(), got}));
  return {};
}

}  // namespace gantry
