#include "cdi/spec.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "cdi/yaml_json.hpp"

#include <algorithm>
#include <set>

namespace gantry::cdi {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_figure(char c) { return c >= '0' && c <= '9'; }

/// SPEC.md, "Kind" and "Device name": letters and figures at both ends, some signs between.
bool is_name(std::string_view text, std::string_view signs) {
  auto outer = [](char c) { return is_letter(c) || is_figure(c); };
  auto inner = [&](char c) { return outer(c) || signs.find(c) != signs.npos; };
  return !text.empty() && outer(text.front()) && outer(text.back()) && std::ranges::all_of(text, inner);
}

bool is_known_version(std::string_view version) {
  for (std::string_view known : {"0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0"})
    if (version == known) return true;
  return false;
}

Result<> check(const CdiSpec& spec, std::string_view name) {
  if (!is_known_version(spec.cdi_version))
    return fail(Code::unsupported, "{}: version {} of CDI is not known", name, spec.cdi_version)
        .with_cure("0.3.0 to 1.1.0 are");
  auto [vendor, device_class, found] = cut(spec.kind, '/');
  if (!found || !is_name(vendor, "_-.") || !is_name(device_class, "_-"))
    return fail(Code::invalid, "{}: '{}' is not a kind as vendor.com/class", name, spec.kind);
  std::set<std::string_view> names;
  for (const auto& device : spec.devices) {
    if (!is_name(device.name, "_-.:")) return fail(Code::invalid, "{}: '{}' is not a device's name", name, device.name);
    if (!names.insert(device.name).second)
      return fail(Code::invalid, "{}: the device '{}' is there twice", name, device.name);
  }
  return {};
}

}  // namespace

Result<CdiSpec> parse_spec(std::string_view text, std::string_view name) {
  const bool is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
  CdiSpec spec = TRY(json::decode<CdiSpec>(is_yaml ? TRY(json_of_yaml(text, name)) : std::string(text), name));
  TRY(check(spec, name));
  return spec;
}

}  // namespace gantry::cdi
