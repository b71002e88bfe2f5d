// Containerlab's topology files: whatever they hold, what is read of them can be drawn, and ends of links name nodes.

#include "lab/graph.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto topology = gantry::lab::parse_topology({reinterpret_cast<const char*>(data), size}, "x");
  if (!topology) return 0;
  for (const auto& link : topology->links)
    for (const auto* end : {&link.a, &link.b})
      if (end->node != "host" && topology->find(end->node) == nullptr) std::abort();
  gantry::lab::graph_text(*topology);
  gantry::lab::graph_page(*topology);
  return 0;
}
