#include "engine/network_options.hpp"

#include "base/text.hpp"
#include "linux/ip_address.hpp"
#include "net/network.hpp"
#include "net/route.hpp"

#include <algorithm>
#include <array>

namespace gantry::engine {

namespace {

constexpr std::string_view kJoined[] = {"container:", "ns:"};
/// Those that are no network of ours, and that are alone.
constexpr std::string_view kAlone[] = {"none", "host", "pasta", "slirp4netns", "graft"};
constexpr const char* kForm = "'{}' is not [[ADDRESS:][PORT[-LAST]]:]PORT[-LAST][/tcp|udp|sctp]";

struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t count = 1;
};

Result<PortRange> parse_range(std::string_view text, std::string_view whole) {
  const Halves range = cut(text, '-');
  auto first = parse_unsigned(range.before);
  auto last = range.found ? parse_unsigned(range.after) : first;
  if (!first || !last || *first == 0 || *last > UINT16_MAX || *first > *last) return fail(Code::invalid, kForm, whole);
  return PortRange{static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last - *first + 1)};
}

/// Takes "/udp" off the end.
Result<std::string> take_protocol(std::string_view& text, std::string_view whole) {
  const Halves halves = cut_last(text, '/');
  if (!halves.found) return std::string("tcp");
  text = halves.before;
  std::string protocol = to_lower(halves.after);
  if (protocol == "tcp" || protocol == "udp" || protocol == "sctp") return protocol;
  return fail(Code::invalid, "'{}': '{}' is not one of tcp, udp, sctp", whole, halves.after);
}

/// Takes "[::1]:" or "127.0.0.1:" off the beginning, when there is one.
Result<std::string> take_address(std::string_view& text, std::string_view whole) {
  std::string_view address;
  if (text.starts_with('[')) {
    const std::size_t end = text.find("]:");
    if (end == std::string_view::npos) return fail(Code::invalid, kForm, whole);
    address = text.substr(1, end - 1);
    text.remove_prefix(end + 2);
  } else if (std::ranges::count(text, ':') >= 2) {
    const std::size_t end = text.find(':');
    address = text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  if (address.empty() || address == "0.0.0.0") return std::string();
  const auto parsed = TRY(with_context(linux::IpAddress::parse(address), "'{}'", whole));
  return parsed.text();
}

Result<> set_wish(NetworkAttachment& wish, std::string_view key, std::string_view value, std::string_view word) {
  if (key == "ip" || key == "ip6") {
    const auto address = TRY(with_context(linux::IpAddress::parse(value), "--network {}", word));
    (address.v6 ? wish.ip6 : wish.ip) = address.text();
  } else if (key == "mac") {
    TRY(with_context(net::mac_bytes(value), "--network {}", word));
    wish.mac = value;
  } else if (key == "interface_name" && !value.empty()) {
    wish.interface = value;
  } else if (key == "alias" && !value.empty()) {
    wish.aliases.emplace_back(value);
  } else {
    return fail(Code::invalid, "--network {}: there is no option '{}'", word, key)
        .with_cure("there are ip=, ip6=, mac=, alias= and interface_name=");
  }
  return {};
}

Error excludes_others(std::string_view mode) {
  return fail(Code::invalid, "--network {} excludes every other network", mode).with_cure("give one of them");
}

Result<> only_one(const NetworkConfig& config, std::string_view mode) {
  if (config.networks.empty() && (config.network.empty() || config.network == mode)) return {};
  return excludes_others(mode);
}

}  // namespace

Result<> add_network(NetworkConfig& config, std::string_view word) {
  for (std::string_view prefix : kJoined)
    if (word.starts_with(prefix)) {
      TRY(only_one(config, word));
      if (word == prefix) return fail(Code::invalid, "--network {} names nothing", word);
      config.network = word;
      return {};
    }
  const Halves halves = cut(word, ':');
  if (std::ranges::find(kAlone, halves.before) != std::end(kAlone)) {
    TRY(only_one(config, halves.before));
    config.network = halves.before;
    if (!halves.after.empty()) config.network_options = split(halves.after, ',');
    return {};
  }
  if (!config.network.empty() && config.network != "bridge") return excludes_others(config.network);
  NetworkAttachment wish;
  // "private" is podman's word for one of its own.
  const bool is_default = halves.before == "bridge" || halves.before == "default" || halves.before == "private";
  wish.name = is_default ? net::kDefaultNetwork : halves.before;
  TRY(net::check_network_name(wish.name));
  if (std::ranges::find(config.networks, wish.name, &NetworkAttachment::name) != config.networks.end())
    return fail(Code::invalid, "network '{}' is named twice", wish.name);
  if (halves.found)
    for (const std::string& option : split(halves.after, ',')) {
      const Halves pair = cut(option, '=');
      TRY(set_wish(wish, pair.before, pair.after, word));
    }
  config.network = "bridge";
  config.networks.push_back(std::move(wish));
  return {};
}

Result<PortMapping> parse_publish(std::string_view whole) {
  std::string_view text = whole;
  PortMapping mapping;
  mapping.protocol = TRY(take_protocol(text, whole));
  mapping.host_ip = TRY(take_address(text, whole));
  const Halves halves = cut(text, ':');
  const PortRange inside = TRY(parse_range(halves.found ? halves.after : halves.before, whole));
  mapping.container_port = inside.first;
  mapping.count = inside.count;
  if (!halves.found || halves.before.empty() || halves.before == "0") return mapping;
  const PortRange outside = TRY(parse_range(halves.before, whole));
  if (outside.count != inside.count)
    return fail(Code::invalid, "'{}': {} ports of the host cannot lead to {} of the container", whole, outside.count,
                inside.count);
  mapping.host_port = outside.first;
  return mapping;
}

Result<PortMapping> parse_exposed(std::string_view whole) {
  std::string_view text = whole;
  PortMapping mapping;
  mapping.protocol = TRY(take_protocol(text, whole));
  const PortRange range = TRY(parse_range(text, whole));
  mapping.container_port = range.first;
  mapping.count = range.count;
  return mapping;
}

Result<> check_network(const NetworkConfig& config) {
  const std::string& mode = config.network;
  const bool joined = std::ranges::any_of(kJoined, [&](std::string_view prefix) { return mode.starts_with(prefix); });
  const bool alone = std::ranges::find(kAlone, mode) != std::end(kAlone);
  if (!joined && !alone && mode != "bridge")
    return fail(Code::invalid, "there is no network mode '{}'", mode)
        .with_cure("use none, host, bridge, graft, the name of a network, container:NAME or ns:PATH");
  if (mode == "none" || mode == "host" || joined) {
    if (config.ports.empty() && !config.publish_all) return {};
    return fail(Code::invalid, "ports cannot be published with --network {}", mode)
        .with_cure("drop -p and -P, or use a network of bridges");
  }
  if (config.networks.size() > net::kMostAttachments)
    return fail(Code::invalid, "a container can be on {} networks at most", net::kMostAttachments);
  for (const std::string& text : config.expose) TRY(parse_exposed(text));
  return {};
}

}  // namespace gantry::engine
