#include "engine/networking.hpp"

#include "base/file.hpp"
#include "engine/graft_network.hpp"
#include "engine/network_names.hpp"
#include "engine/network_options.hpp"
#include "engine/user_bridges.hpp"
#include "engine/user_network.hpp"
#include "net/attach.hpp"
#include "net/host_network.hpp"

#include <fcntl.h>

#include <algorithm>

namespace gantry::engine {

namespace {

Result<std::optional<net::IpAddress>> wished_address(const std::string& text, bool v6) {
  std::optional<net::IpAddress> address;
  if (text.empty()) return address;
  address = TRY(net::IpAddress::parse(text));
  if (address->v6 != v6)
    return fail(Code::invalid, "{} is not an address of IPv{}", text, v6 ? 6 : 4)
        .with_cure(v6 ? "use --ip for it" : "use --ip6 for it");
  return address;
}

net::PublishedPort port_of(const PortMapping& mapping, std::optional<net::IpAddress> host_ip) {
  return {.host_ip = host_ip,
          .host_port = mapping.host_port,
          .container_port = mapping.container_port,
          .count = mapping.count,
          .protocol = mapping.protocol};
}

bool is_published(const std::vector<net::PublishedPort>& ports, const PortMapping& wanted) {
  return std::ranges::any_of(ports, [&](const net::PublishedPort& port) {
    return port.protocol == wanted.protocol && wanted.container_port >= port.container_port &&
           wanted.container_port - port.container_port < port.count;
  });
}

}  // namespace

Result<net::Wish> wish_of(const NetworkAttachment& wish) {
  net::Wish wanted{.mac = wish.mac, .interface = wish.interface, .aliases = wish.aliases};
  wanted.ip = TRY(wished_address(wish.ip, false));
  wanted.ip6 = TRY(wished_address(wish.ip6, true));
  return wanted;
}

Result<std::vector<net::PublishedPort>> published_ports(const NetworkConfig& config) {
  std::vector<net::PublishedPort> ports;
  for (const PortMapping& mapping : config.ports) {
    std::optional<net::IpAddress> host_ip;
    if (!mapping.host_ip.empty()) host_ip = TRY(net::IpAddress::parse(mapping.host_ip));
    ports.push_back(port_of(mapping, host_ip));
  }
  if (!config.publish_all) return ports;
  for (const std::string& text : config.expose) {
    PortMapping mapping = TRY(parse_exposed(text));
    const unsigned count = std::exchange(mapping.count, 1);
    for (unsigned i = 0; i < count; ++i, ++mapping.container_port)
      if (!is_published(ports, mapping)) ports.push_back(port_of(mapping, {}));
  }
  return ports;
}

Result<> Networking::prepare() {
  const std::string& mode = record_.config.network;
  if (is_user_network(mode)) return prepare_user_network();
  if (mode == kGraft) return prepare_graft();
  if (mode != "bridge") return {};
  if (bridges_are_shared()) TRY(state_.shared_space().join(record_.id, state_.space_members()));
  TRY(find_networks());
  TRY(take_addresses());
  return hold_ports();
}

bool Networking::is_in_shared_space() const { return record_.config.network == "bridge" && bridges_are_shared(); }

Result<> Networking::join(Namespaces& namespaces) {
  if (!is_in_shared_space()) return {};
  TRY(join_user_namespace(state_.shared_space(), namespaces.user));
  space_ = TRY(make_network_space(state_.shared_space()));
  namespaces.network = {.own = false, .path = fmt::format("/proc/self/fd/{}", space_.get())};
  return {};
}

Result<> Networking::find_networks() {
  const auto& wishes = record_.config.networks;
  if (wishes.empty()) TRY(find_network({.name = net::kDefaultNetwork}));
  for (const NetworkAttachment& wish : wishes) TRY(find_network(wish));
  // Ours are numbered first.
  for (std::size_t number = networks_.size(); CniConnection & connection : cni_) {
    if (connection.interface.empty()) connection.interface = fmt::format("eth{}", number);
    ++number;
  }
  return {};
}

Result<> Networking::find_network(const NetworkAttachment& wish) {
  auto found = state_.networks().find(wish.name);
  if (!found && found.error().code() == Code::not_found && !bridges_are_shared()) {
    if (auto cni = TRY(find_cni_network(wish.name))) {
      cni->interface = wish.interface;
      cni_.push_back(std::move(*cni));
      return {};
    }
  }
  networks_.push_back(TRY(std::move(found)));
  wishes_.push_back(wish);
  return state_.at_bridges([&] { return net::bring_up(networks_.back(), state_.firewall()); });
}

Result<net::Attachment> Networking::plan(const net::Network& network, const NetworkAttachment& wish,
                                         unsigned index) const {
  const net::Wish wanted = TRY(wish_of(wish));
  auto planned = net::plan_attachment(network, wanted, state_.leases(), record_.id, index);
  if (planned || (planned.error().code() != Code::no_space && planned.error().code() != Code::exists)) return planned;
  TRY(state_.release_dead(network.name));
  return net::plan_attachment(network, wanted, state_.leases(), record_.id, index);
}

Result<> Networking::take_addresses() {
  for (std::size_t i = 0; i < networks_.size(); ++i)
    connections_.attachments.push_back(TRY(plan(networks_[i], wishes_[i], static_cast<unsigned>(i))));
  connections_.ports = TRY(published_ports(record_.config));
  return {};
}

Result<> Networking::hold_ports() {
  const bool of_cni = networks_.empty();
  const bool reachable = of_cni || std::ranges::any_of(networks_, [](const net::Network& network) {
                           return network.driver == net::Driver::bridge && !network.internal;
                         });
  if (!connections_.ports.empty() && !reachable)
    return fail(Code::invalid, "nothing can be published from network '{}'", networks_[0].name)
        .with_cure("publish ports from a network of bridges that is not internal, or drop -p");
  auto who = [&](std::uint16_t number, std::string_view protocol) { return state_.holder_of(number, protocol); };
  net::HeldPorts held = TRY(net::HeldPorts::hold(connections_.ports, who));
  // In the shared space the program that brings them binds them itself.
  if (!is_in_shared_space()) held_ = std::move(held);
  return state_.write_connections(record_.id, connections_);
}

Result<> Networking::connect(pid_t pid) {
  if (is_user_network(record_.config.network)) return connect_user_network(pid);
  if (!networks_.empty()) {
    if (!space_) space_ = TRY(open_file(fmt::format("/proc/{}/ns/net", pid), O_RDONLY));
    TRY(state_.at_bridges([&] { return connect_ours(); }));
    if (is_in_shared_space()) TRY(bring_ports(state_, record_.id, connections_));
  }
  return cni_.empty() ? Result<>() : connect_cni(pid);
}

Result<> Networking::connect_ours() const {
  for (std::size_t i = 0; i < networks_.size(); ++i)
    TRY(net::attach(networks_[i], connections_.attachments[i], space_, static_cast<unsigned>(i)));
  for (std::size_t i = 0; i < networks_.size(); ++i)
    TRY(publish_names(state_.settings, record_, networks_[i], connections_.attachments[i]));
  return add_rules();
}

/// What the plugins gave is only known now: it is added to what is on record, and to the files that the container has
/// already, by their inodes.
Result<> Networking::connect_cni(pid_t pid) {
  const bool has_ports = networks_.empty();
  const CniAnswer answer = TRY(join_cni_networks(state_.settings.run_root, record_, pid, cni_,
                                                 has_ports ? connections_.ports : std::vector<net::PublishedPort>{}));
  connections_.attachments.insert(connections_.attachments.end(), answer.attachments.begin(), answer.attachments.end());
  TRY(state_.write_connections(record_.id, connections_));
  return add_to_network_files(record_, folder_, answer);
}

Result<> Networking::prepare_graft() {
  TRY(check_graft(record_.config));
  connections_.ports = TRY(published_ports(record_.config));
  auto who = [&](std::uint16_t number, std::string_view protocol) { return state_.holder_of(number, protocol); };
  net::HeldPorts held = TRY(net::HeldPorts::hold(connections_.ports, who));
  TRY(state_.write_connections(record_.id, connections_));
  return start_graft(connections_.ports, std::move(held), folder_.path());
}

Result<> Networking::adapt(oci::Spec& spec) const {
  return record_.config.network == kGraft ? add_graft(spec, folder_.path()) : Result<>();
}

NetworkFacts Networking::facts() const {
  if (is_user_network(record_.config.network)) return user_network_facts(record_.config);
  return bridge_facts(networks_, connections_.attachments);
}

/// The program that serves the container binds the ports itself: they are looked at here, for free ones and for an
/// error that says who has one.
Result<> Networking::prepare_user_network() {
  TRY(check_user_network(record_.config));
  connections_.ports = TRY(published_ports(record_.config));
  auto who = [&](std::uint16_t number, std::string_view protocol) { return state_.holder_of(number, protocol); };
  TRY(net::HeldPorts::hold(connections_.ports, who));
  return state_.write_connections(record_.id, connections_);
}

Result<> Networking::connect_user_network(pid_t pid) const {
  NetworkConfig config = record_.config;
  config.ports.clear();
  for (const net::PublishedPort& port : connections_.ports)
    config.ports.push_back({.host_ip = port.host_ip ? port.host_ip->text() : std::string(),
                            .host_port = port.host_port,
                            .container_port = port.container_port,
                            .count = port.count,
                            .protocol = port.protocol});
  return start_user_network(config, pid, folder_.path());
}

Result<> Networking::add_rules() const {
  const net::Connections rules = rules_of(connections_);
  auto added = state_.firewall().add_container(rules);
  if (added) return added;
  // Somebody has flushed the firewall's rules, or a container that ended while nobody could clean up has them still:
  // who lives holds its ports.
  if (added.error().code() == Code::not_found) {
    TRY(state_.reload_networks());
    TRY(state_.firewall().remove_container(rules));
  } else if (added.error().code() == Code::exists || added.error().code() == Code::busy) {
    TRY(state_.release_stale_rules(connections_));
  } else {
    return added;
  }
  return state_.firewall().add_container(rules);
}

}  // namespace gantry::engine
