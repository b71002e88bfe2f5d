#include "image_cli/output.hpp"

#include "options/print.hpp"

#include <memory>

namespace gantry::image_cli {

Result<> print_stream(Source& source) {
  constexpr std::size_t kBuffer = 256u << 10;
  auto buffer = std::make_unique_for_overwrite<std::byte[]>(kBuffer);
  while (std::size_t got = TRY(source.read({buffer.get(), kBuffer}))) TRY(options::print(as_text({buffer.get(), got})));
  return {};
}

}  // namespace gantry::image_cli
