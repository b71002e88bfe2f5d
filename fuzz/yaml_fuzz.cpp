// YAML that users get from others: whatever it is, the place of each scalar lies in the text, in order.

#include "yaml/yaml.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void check(const gantry::yaml::Node& node, std::size_t size) {
  if (node.begin > node.end || node.end > size) std::abort();
  for (const auto& item : node.items) check(item, size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto documents = gantry::yaml::parse({reinterpret_cast<const char*>(data), size}, "x");
  if (!documents) return 0;
  for (const auto& document : *documents) check(document, size);
  return 0;
}
