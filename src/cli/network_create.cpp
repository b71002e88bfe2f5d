#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"

#include <algorithm>

namespace gantry::cli {

namespace {

struct NetworkCreateArguments {
  net::Driver driver = net::Driver::bridge;
  std::vector<std::string> subnets, gateways, ranges, routes, dns, labels, options;
  std::string interface;
  bool internal = false, ipv6 = false, disable_dns = false, ignore = false;
  std::vector<std::string> names;
};

constexpr options::Choice<net::Driver> kDrivers[] = {
    {"bridge", net::Driver::bridge}, {"macvlan", net::Driver::macvlan}, {"ipvlan", net::Driver::ipvlan}};

/// "10.66.0.0/24" as a range in CIDR form, or "10.66.0.10-10.66.0.20".
Result<net::LeaseRange> read_range(std::string_view text) {
  const Halves halves = cut(text, '-');
  if (halves.found)
    return net::LeaseRange{TRY(net::IpAddress::parse(halves.before)), TRY(net::IpAddress::parse(halves.after))};
  const net::IpNetwork network = TRY(net::IpNetwork::parse(text));
  net::IpAddress last = network.address;
  for (unsigned bit = network.length; bit < last.bits(); ++bit) last.bytes[bit / 8] |= 0x80 >> bit % 8;
  return net::LeaseRange{network.address, last};
}

net::Subnet* subnet_of(std::vector<net::Subnet>& subnets, const net::IpAddress& address) {
  auto found = std::ranges::find_if(subnets, [&](const net::Subnet& one) {
    return one.subnet.address.v6 == address.v6 && one.subnet.contains(address);
  });
  return found == subnets.end() ? nullptr : &*found;
}

Error without_subnet(std::string_view option, std::string_view word) {
  return fail(Code::invalid, "option {}: no --subnet holds {}", option, word)
      .with_cure("give the subnet that it belongs to");
}

Result<> set_subnets(net::Network& wish, const NetworkCreateArguments& arguments) {
  for (const auto& word : arguments.subnets)
    wish.subnets.push_back({TRY(with_context(net::IpNetwork::parse(word), "option --subnet")), {}, {}});
  for (const auto& word : arguments.gateways) {
    const auto gateway = TRY(with_context(net::IpAddress::parse(word), "option --gateway"));
    net::Subnet* subnet = subnet_of(wish.subnets, gateway);
    if (subnet == nullptr) return without_subnet("--gateway", word);
    subnet->gateway = gateway;
  }
  for (const auto& word : arguments.ranges) {
    const auto range = TRY(with_context(read_range(word), "option --ip-range"));
    net::Subnet* subnet = subnet_of(wish.subnets, *range.start_ip);
    if (subnet == nullptr) return without_subnet("--ip-range", word);
    subnet->lease_range = range;
  }
  return {};
}

/// "10.7.0.0/16,10.66.0.9[,METRIC]".
Result<net::StaticRoute> read_route(std::string_view word) {
  const auto parts = split(word, ',');
  if (parts.size() < 2 || parts.size() > 3) return fail(Code::invalid, "'{}' is not SUBNET,GATEWAY[,METRIC]", word);
  net::StaticRoute route{TRY(net::IpNetwork::parse(parts[0])), TRY(net::IpAddress::parse(parts[1])), {}};
  if (parts.size() == 3) route.metric = static_cast<std::uint32_t>(TRY(parse_unsigned(parts[2])));
  return route;
}

Result<> set_pairs(std::map<std::string, std::string>& map, const std::vector<std::string>& words,
                   std::string_view option) {
  for (const auto& word : words) {
    const Halves halves = cut(word, '=');
    if (halves.before.empty()) return fail(Code::invalid, "option {}: '{}' is not NAME=VALUE", option, word);
    map[std::string(halves.before)] = halves.after;
  }
  return {};
}

Result<int> network_create(const Globals& globals, const NetworkCreateArguments& arguments) {
  net::Network wish{.name = arguments.names[0],
                    .driver = arguments.driver,
                    .network_interface = arguments.interface,
                    .ipv6_enabled = arguments.ipv6,
                    .internal = arguments.internal,
                    .dns_enabled = arguments.driver == net::Driver::bridge && !arguments.disable_dns};
  TRY(set_subnets(wish, arguments));
  for (const auto& word : arguments.routes)
    wish.routes.push_back(TRY(with_context(read_route(word), "option --route")));
  for (const auto& word : arguments.dns)
    wish.network_dns_servers.push_back(TRY(with_context(net::IpAddress::parse(word), "option --dns")).text());
  TRY(set_pairs(wish.labels, arguments.labels, "--label"));
  TRY(set_pairs(wish.options, arguments.options, "--opt"));
  auto engine = TRY(open_engine(globals));
  if (arguments.ignore && engine.find_network(wish.name)) {
    TRY(options::print(wish.name + "\n"));
    return 0;
  }
  TRY(options::print(TRY(with_context(engine.create_network(wish), "create network '{}'", wish.name)).name + "\n"));
  return 0;
}

using A = NetworkCreateArguments;
constexpr options::Option kOptions[] = {
    options::option<&A::driver, options::read_choice<kDrivers>>('d', "driver", "bridge|macvlan|ipvlan",
                                                                "Kind of network (default bridge)"),
    options::option<&A::subnets>(0, "subnet", "SUBNET", "Subnet, as 10.66.0.0/24; one of each family, or several"),
    options::option<&A::gateways>(0, "gateway", "ADDRESS", "Gateway of the subnet that holds it"),
    options::option<&A::ranges>(0, "ip-range", "RANGE", "Addresses to give out: FIRST-LAST, or a part of the subnet"),
    options::flag<&A::ipv6>('6', "ipv6", "Have IPv6 too, with a subnet of its own unless one is given"),
    options::flag<&A::internal>(0, "internal", "Let nothing out of the network, nor in"),
    options::option<&A::options>('o', "opt", "NAME=VALUE",
                                 "mtu, metric, no_default_route; isolate=true|false|strict, vlan; parent, mode"),
    options::option<&A::routes>(0, "route", "SUBNET,GATEWAY[,METRIC]", "A further route of its containers"),
    options::flag<&A::disable_dns>(0, "disable-dns", "Do not answer for the names of its containers"),
    options::option<&A::dns>(0, "dns", "ADDRESS", "Who is asked for names that are none of its containers'"),
    options::option<&A::interface>(0, "interface-name", "NAME", "Name of the bridge, or of the device below a macvlan"),
    options::option<&A::labels>(0, "label", "NAME[=VALUE]", "Attach a label"),
    options::flag<&A::ignore>(0, "ignore", "Do not complain about one that exists"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry network create backend", "Make a network that is apart from the others"},
    {"gantry network create --internal --subnet 10.70.0.0/24 vault", "Make one without a way out"},
    {"gantry network create -d macvlan -o parent=eth0 --subnet 192.0.2.0/24 lan",
     "Put containers on the host's network"},
};

}  // namespace

constinit const Command kNetworkCreate = options::command<network_create>({
    .name = "create",
    .summary = "Make a network",
    .synopsis = "[OPTIONS] NAME",
    .description = "Makes a network and prints its name. Subnets that are not given are free ones. Containers on "
                   "different bridges do not reach each other, except by published ports, unless one of the networks "
                   "was made with -o isolate=false.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&NetworkCreateArguments::names>({.name = "NAME", .least = 1, .most = 1}),
});

}  // namespace gantry::cli
