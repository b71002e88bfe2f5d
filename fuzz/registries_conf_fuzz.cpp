// registries.conf. What reads has locations that every reference can be rewritten to, and names of images.

#include "base/log.hpp"
#include "registries/configuration.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace gantry;

void check(bool holds) {
  if (!holds) std::abort();
}

void try_endpoints(const registries::Configuration& configuration, const std::string& name) {
  const auto reference = oci::parse_reference(name);
  if (!reference) return;
  const auto places = registries::endpoints(configuration, *reference);
  if (!places) return;
  check(!places->empty() && !places->back().mirror);
  for (const auto& place : *places) check(oci::parse_reference(place.reference.canonical()).has_value());
}

/// Something that the prefix is a prefix of.
std::string name_below(const registries::Registry& registry) {
  const std::string_view prefix = registry.prefix;
  return fmt::format("{}/any:1",
                     prefix.starts_with("*.") ? "sub" + std::string(prefix.substr(1)) : std::string(prefix));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool is_quiet = [] {
    log::configure({.level = log::Level::error});
    return true;
  }();
  check(is_quiet);
  auto conf = registries::parse_registries_conf({reinterpret_cast<const char*>(data), size}, "registries.conf");
  if (!conf) return 0;
  registries::Configuration configuration;
  configuration.registries = std::move(conf->registries);
  configuration.aliases = std::move(conf->aliases);
  if (conf->search) configuration.search = std::move(*conf->search);
  configuration.search_file = "registries.conf";
  for (const auto& registry : configuration.registries) try_endpoints(configuration, name_below(registry));
  for (const auto& [name, value] : configuration.aliases)
    check(value.empty() || registries::candidates(configuration, name + ":1").has_value());
  best_effort(registries::candidates(configuration, "busybox"));
  return 0;
}
