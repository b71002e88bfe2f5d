#include "base/text.hpp"
#include "registries/configuration.hpp"

#include <algorithm>

namespace gantry::registries {

namespace {

constexpr std::string_view kWildcard = "*.";

/// How much of the name a wildcard stands for: the whole host, where it is a subdomain, whatever its port is when the
/// wildcard has none.
std::size_t match_wildcard(std::string_view name, std::string_view domain) {
  const std::string_view host = cut(name, '/').before;
  if (host.ends_with(domain)) return host.size();
  return cut(host, ':').before.ends_with(domain) ? host.size() : 0;
}

/// How many characters at the start of a canonical name the prefix takes; 0: it is another name. A host without a port
/// is not that host with one.
std::size_t match(std::string_view name, std::string_view prefix) {
  if (prefix.starts_with(kWildcard)) return match_wildcard(name, prefix.substr(kWildcard.size() - 1));
  if (!name.starts_with(prefix)) return 0;
  const std::string_view rest = name.substr(prefix.size());
  const std::string_view separators = prefix.contains('/') ? "/:@" : "/";
  return rest.empty() || separators.contains(rest[0]) ? prefix.size() : 0;
}

const Registry* registry_of(const std::vector<Registry>& registries, std::string_view name) {
  const Registry* best = nullptr;
  for (const auto& registry : registries)
    if (match(name, registry.prefix) > 0 && (best == nullptr || registry.prefix.size() > best->prefix.size()))
      best = &registry;
  return best;
}

bool serves(const Mirror& mirror, const oci::Reference& reference) {
  if (mirror.use == MirrorUse::digest_only) return reference.digest.has_value();
  return mirror.use == MirrorUse::all || !reference.digest;
}

/// The reference with `location` for what the prefix of `registry` takes of it.
Result<oci::Reference> rewritten(const oci::Reference& reference, const Registry& registry,
                                 const std::string& location) {
  if (location.empty()) return reference;
  const std::string name = reference.canonical();
  const std::string text = location + name.substr(match(name, registry.prefix));
  auto moved = TRY(with_context(oci::parse_reference(text), "{}: registry '{}'", registry.file, registry.prefix));
  if (moved.tag.empty() && !moved.digest) {  // the prefix has taken them
    moved.tag = reference.tag;
    moved.digest = reference.digest;
  }
  return moved;
}

}  // namespace

Result<std::vector<Endpoint>> endpoints(const Configuration& configuration, const oci::Reference& reference) {
  std::vector<Endpoint> endpoints;
  const Registry* registry = registry_of(configuration.registries, reference.canonical());
  if (registry == nullptr) {
    endpoints.push_back({.reference = reference});
    return endpoints;
  }
  if (registry->blocked)
    return fail(Code::denied, "{}: registry '{}' is blocked in {}", reference.familiar(), registry->prefix,
                registry->file);
  for (const auto& mirror : registry->mirrors) {
    if (!serves(mirror, reference)) continue;
    auto there = TRY(rewritten(reference, *registry, mirror.location));
    endpoints.push_back({.reference = std::move(there), .insecure = mirror.insecure, .mirror = true});
  }
  auto own = TRY(rewritten(reference, *registry, registry->location));
  endpoints.push_back({.reference = std::move(own), .insecure = registry->insecure});
  return endpoints;
}

}  // namespace gantry::registries
