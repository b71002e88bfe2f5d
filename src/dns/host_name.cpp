#include "dns/host_name.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace gantry::dns {

std::optional<linux::IpAddress> address_of_reverse(std::string_view name) {
  const bool v6 = name.ends_with(".ip6.arpa");
  if (!v6 && !name.ends_with(".in-addr.arpa")) return std::nullopt;
  name.remove_suffix(v6 ? sizeof ".ip6.arpa" - 1 : sizeof ".in-addr.arpa" - 1);
  const std::vector<std::string> labels = split(name, '.');
  if (labels.size() != (v6 ? 32u : 4u)) return std::nullopt;
  linux::IpAddress address{.bytes = {}, .v6 = v6};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string& label = labels[labels.size() - 1 - i];
    unsigned value = 0;
    const auto end = std::from_chars(label.data(), label.data() + label.size(), value, v6 ? 16 : 10);
    if (end.ptr != label.data() + label.size() || end.ec != std::errc{} || value > (v6 ? 15u : 255u) ||
        label.size() > (v6 ? 1u : 3u))
      return std::nullopt;
    if (v6) address.bytes[i / 2] |= static_cast<std::uint8_t>(i % 2 == 0 ? value << 4 : value);
    else address.bytes[i] = static_cast<std::uint8_t>(value);
  }
  return address;
}

bool is_host_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  return std::ranges::all_of(split(name, '.'), [](const std::string& label) {
    return !label.empty() && label.size() <= 63 && std::ranges::all_of(label, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
  });
}

}  // namespace gantry::dns
