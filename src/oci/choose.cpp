#include "oci/choose.hpp"

namespace gantry::oci {

Result<Descriptor> choose(const Index& index, const Platform& machine, std::string_view name) {
  const Descriptor* best = nullptr;
  int best_match = 0;
  std::string others;
  for (const auto& manifest : index.manifests) {
    if (!manifest.platform) continue;
    int match = oci::match(machine, *manifest.platform);
    if (match > best_match) {
      best = &manifest;
      best_match = match;
    }
    others += (others.empty() ? "" : ", ") + text_of(*manifest.platform);
  }
  if (best != nullptr) return *best;
  return fail(Code::unsupported, "{} is not there for {}, but for {}", name, text_of(machine),
              others.empty() ? "no platform at all" : others);
}

}  // namespace gantry::oci
