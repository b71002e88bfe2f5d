#include "base/clock.hpp"
#include "base/id.hpp"
#include "net/networks.hpp"
#include "net/range.hpp"

#include <net/if.h>

#include <algorithm>

namespace gantry::net {

namespace {

constexpr std::size_t kIdBytes = 32;
/// Apart from the ranges in which docker (172.17.0.0/12, 192.168.0.0/16) and podman (10.88.0.0/13 and up) look.
constexpr std::uint32_t kDefaultSubnet = 10u << 24 | 64u << 16;  // 10.64.0.0/16
constexpr std::uint32_t kFirstSubnet = 10u << 24 | 65u << 16;    // 10.65.0.0/24 and so on
constexpr std::uint32_t kLastSubnet = 10u << 24 | 87u << 16 | 255u << 8;
constexpr unsigned kDefaultLength = 16, kUsualLength = 24, kUsualLength6 = 64;
constexpr unsigned kMostInterfaces = 10000;

/// Whose subnet it is already; empty: nobody's.
std::string owner_of(const IpNetwork& wanted, const Taken& taken) {
  for (const Network& other : taken.networks)
    for (const Subnet& subnet : other.subnets)
      if (subnet.subnet.overlaps(wanted)) return fmt::format("network '{}' has {}", other.name, subnet.subnet.text());
  for (const IpNetwork& route : taken.host_routes)
    if (route.overlaps(wanted)) return fmt::format("this host has a route to {}", route.text());
  return {};
}

Result<IpNetwork> free_subnet(const Network& wish, const Taken& taken) {
  auto at = [](std::uint32_t first, unsigned length) { return IpNetwork{address_of(first, false), length}; };
  if (wish.name == kDefaultNetwork && owner_of(at(kDefaultSubnet, kDefaultLength), taken).empty())
    return at(kDefaultSubnet, kDefaultLength);
  for (std::uint32_t first = kFirstSubnet; first <= kLastSubnet; first += 256)
    if (owner_of(at(first, kUsualLength), taken).empty()) return at(first, kUsualLength);
  return fail(Code::no_space, "there is no free subnet in 10.65.0.0 to 10.87.255.0 for network '{}'", wish.name)
      .with_cure("remove networks that are not used (gantry network prune), or give one with --subnet");
}

/// A unique local prefix (RFC 4193).
Result<IpNetwork> free_subnet6(const Taken& taken) {
  while (true) {
    const std::string figures = random_hex(7);
    IpNetwork subnet =
        TRY(IpNetwork::parse(fmt::format("fd{}:{}:{}:{}::/64", figures.substr(0, 2), figures.substr(2, 4),
                                         figures.substr(6, 4), figures.substr(10, 4))));
    subnet.length = kUsualLength6;
    if (owner_of(subnet, taken).empty()) return subnet;
  }
}

Result<> check_inside(const IpNetwork& subnet, const std::optional<IpAddress>& address, std::string_view what) {
  if (!address || (address->v6 == subnet.address.v6 && subnet.contains(*address))) return {};
  return fail(Code::invalid, "the {} {} is not in the subnet {}", what, address->text(), subnet.text());
}

Result<> complete_range(const Subnet& subnet) {
  if (!subnet.lease_range) return {};
  const auto& [first, last] = *subnet.lease_range;
  TRY(check_inside(subnet.subnet, first, "beginning of the range"));
  TRY(check_inside(subnet.subnet, last, "end of the range"));
  if (first && last && number_of(*first) > number_of(*last))
    return fail(Code::invalid, "the range of addresses ends at {} before it begins at {}", last->text(), first->text());
  return {};
}

Result<> complete_subnet(const Network& wish, Subnet& subnet) {
  subnet.subnet = masked(subnet.subnet);
  const auto hosts = host_range(subnet.subnet);
  if (!hosts)
    return fail(Code::invalid, "the subnet {} has no addresses to give out", subnet.subnet.text())
        .with_cure("use one with two host bits or more, as 10.66.0.0/24");
  TRY(check_inside(subnet.subnet, subnet.gateway, "gateway"));
  if (!subnet.gateway && !(wish.internal && wish.driver != Driver::bridge))
    subnet.gateway = address_of(hosts->first, subnet.subnet.address.v6);
  return complete_range(subnet);
}

Result<> complete_subnets(Network& wish, const Taken& taken) {
  auto has = [&](bool v6) {
    return std::ranges::any_of(wish.subnets, [&](const Subnet& one) { return one.subnet.address.v6 == v6; });
  };
  const bool only_v6 = !wish.subnets.empty() && !has(false);
  if (!has(false) && !only_v6) wish.subnets.insert(wish.subnets.begin(), Subnet{TRY(free_subnet(wish, taken)), {}, {}});
  if (wish.ipv6_enabled && !has(true)) wish.subnets.push_back({TRY(free_subnet6(taken)), {}, {}});
  wish.ipv6_enabled = has(true);
  for (std::size_t i = 0; i < wish.subnets.size(); ++i) {
    TRY(complete_subnet(wish, wish.subnets[i]));
    const IpNetwork& own = wish.subnets[i].subnet;
    if (const std::string owner = owner_of(own, taken); !owner.empty())
      return fail(Code::exists, "the subnet {} is taken: {}", own.text(), owner).with_cure("choose another --subnet");
    for (std::size_t k = 0; k < i; ++k)
      if (wish.subnets[k].subnet.overlaps(own))
        return fail(Code::invalid, "the subnets {} and {} overlap", wish.subnets[k].subnet.text(), own.text());
  }
  return {};
}

bool is_interface_taken(const std::string& name, const Taken& taken) {
  return std::ranges::find(taken.host_interfaces, name) != taken.host_interfaces.end() ||
         std::ranges::any_of(taken.networks, [&](const Network& other) {
           return other.driver == Driver::bridge && other.network_interface == name;
         });
}

Result<> check_interface_name(const std::string& name) {
  const bool fits = !name.empty() && name.size() < IFNAMSIZ && name != "." && name != ".." &&
                    name.find_first_of("/: \t\n%") == std::string::npos;
  if (fits) return {};
  return fail(Code::invalid, "'{}' cannot be the name of a network interface", name)
      .with_cure("use up to 15 letters and figures");
}

Result<> complete_bridge(Network& wish, const Taken& taken) {
  if (const auto named = wish.options.find("com.docker.network.bridge.name"); named != wish.options.end()) {
    wish.network_interface = named->second;
    wish.options.erase(named);
  }
  if (wish.network_interface.empty()) {
    for (unsigned i = 0; i < kMostInterfaces && wish.network_interface.empty(); ++i)
      if (std::string name = fmt::format("gantry{}", i); !is_interface_taken(name, taken))
        wish.network_interface = name;
    return {};
  }
  TRY(check_interface_name(wish.network_interface));
  if (is_interface_taken(wish.network_interface, taken))
    return fail(Code::exists, "there is a network interface '{}' already", wish.network_interface)
        .with_cure("choose another --interface-name");
  return {};
}

/// The device below a macvlan or ipvlan network; none: that of the default route when a container is attached.
Result<> complete_parent(Network& wish, const Taken& taken) {
  if (const auto parent = wish.options.find("parent"); parent != wish.options.end()) {
    wish.network_interface = parent->second;
    wish.options.erase(parent);
  }
  if (wish.network_interface.empty()) return {};
  TRY(check_interface_name(wish.network_interface));
  if (std::ranges::find(taken.host_interfaces, wish.network_interface) != taken.host_interfaces.end()) return {};
  return fail(Code::not_found, "there is no network interface '{}' for a network to be on", wish.network_interface)
      .with_cure("`ip link` lists those that there are; name one with -o parent=NAME");
}

}  // namespace

Result<Network> complete_network(Network wish, const Taken& taken) {
  TRY(check_network_name(wish.name));
  if (std::ranges::find(taken.networks, wish.name, &Network::name) != taken.networks.end())
    return fail(Code::exists, "there is a network '{}' already", wish.name);
  TRY(wish.driver == Driver::bridge ? complete_bridge(wish, taken) : complete_parent(wish, taken));
  TRY(settings_of(wish));
  TRY(complete_subnets(wish, taken));
  for (const StaticRoute& route : wish.routes)
    if (route.destination.address.v6 != route.gateway.v6)
      return fail(Code::invalid, "the route to {} has a gateway of the other family, {}", route.destination.text(),
                  route.gateway.text());
  wish.id = random_hex(kIdBytes);
  wish.created = to_rfc3339(now());
  wish.ipam_options.emplace("driver", "host-local");
  return wish;
}

}  // namespace gantry::net
