#include "net/network.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace gantry::net {

namespace {

constexpr std::uint64_t kLeastMtu = 68, kMostMtu = 65535;  // RFC 791; what a device of Ethernet can have
constexpr std::uint64_t kMostVlan = 4094;                  // IEEE 802.1Q
constexpr std::size_t kLongestName = 64;

Result<std::uint64_t> number(std::string_view key, std::string_view value, std::uint64_t least, std::uint64_t most) {
  auto parsed = parse_unsigned(value);
  if (parsed && *parsed >= least && *parsed <= most) return parsed;
  return fail(Code::invalid, "option {}: '{}' is not a number between {} and {}", key, value, least, most);
}

Result<bool> truth(std::string_view key, std::string_view value) {
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return fail(Code::invalid, "option {}: '{}' is neither true nor false", key, value);
}

Result<Isolation> isolation(std::string_view value) {
  if (value == "strict") return Isolation::strict;
  auto on = truth("isolate", value);
  if (!on) return fail(Code::invalid, "option isolate: '{}' is not one of true, false, strict", value);
  return *on ? Isolation::mutual : Isolation::open;
}

Result<std::string> mode(Driver driver, std::string_view value) {
  constexpr std::array<std::string_view, 4> kMacvlan{"bridge", "private", "vepa", "passthru"};
  constexpr std::array<std::string_view, 3> kIpvlan{"l2", "l3", "l3s"};
  const bool known = driver == Driver::macvlan ? std::ranges::find(kMacvlan, value) != kMacvlan.end()
                                               : std::ranges::find(kIpvlan, value) != kIpvlan.end();
  if (driver != Driver::bridge && known) return std::string(value);
  if (driver == Driver::bridge) return fail(Code::invalid, "option mode: a bridge has no modes");
  return fail(Code::invalid, "option mode: '{}' is not one of {}", value,
              driver == Driver::macvlan ? "bridge, private, vepa, passthru" : "l2, l3, l3s");
}

/// docker's name for an option, made podman's.
std::string_view plain_key(std::string_view key) {
  if (key == "com.docker.network.driver.mtu") return "mtu";
  if (key == "com.docker.network.bridge.name") return "bridge_name";
  if (key == "macvlan_mode" || key == "ipvlan_mode") return "mode";
  return key;
}

Result<> read_option(NetworkSettings& settings, const Network& network, std::string_view given,
                     std::string_view value) {
  const std::string_view key = plain_key(given);
  if (key == "mtu") {
    settings.mtu = static_cast<std::uint32_t>(TRY(number(given, value, kLeastMtu, kMostMtu)));
  } else if (key == "metric") {
    settings.metric = static_cast<std::uint32_t>(TRY(number(given, value, 1, UINT32_MAX)));
  } else if (key == "no_default_route") {
    settings.no_default_route = TRY(truth(given, value));
  } else if (key == "isolate" && network.driver == Driver::bridge) {
    settings.isolation = TRY(isolation(value));
  } else if (key == "vlan" && network.driver == Driver::bridge) {
    settings.vlan = static_cast<std::uint16_t>(TRY(number(given, value, 1, kMostVlan)));
  } else if (key == "mode") {
    settings.mode = TRY(mode(network.driver, value));
  } else if (key != "bridge_name" && !(key == "parent" && network.driver != Driver::bridge)) {
    return fail(Code::invalid, "networks of this driver have no option '{}'", given)
        .with_cure("there are mtu, metric, no_default_route; of a bridge also isolate, vlan; of others parent, mode");
  }
  return {};
}

}  // namespace

Result<NetworkSettings> settings_of(const Network& network) {
  NetworkSettings settings;
  for (const auto& [key, value] : network.options)
    TRY(with_context(read_option(settings, network, key, value), "network '{}'", network.name));
  return settings;
}

Result<> check_network_name(std::string_view name) {
  auto alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  auto allowed = [&](char c) { return alphanumeric(c) || c == '_' || c == '.' || c == '-'; };
  if (!name.empty() && name.size() <= kLongestName && alphanumeric(name.front()) && std::ranges::all_of(name, allowed))
    return {};
  return fail(Code::invalid, "'{}' cannot be a network's name", name)
      .with_cure("use up to 64 letters, figures, '_', '.' and '-', with a letter or figure first");
}

}  // namespace gantry::net
