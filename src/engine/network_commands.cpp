#include "base/file.hpp"
#include "base/json.hpp"
#include "engine/cni_networks.hpp"
#include "engine/network_names.hpp"
#include "engine/networking.hpp"
#include "engine/user_bridges.hpp"
#include "net/attach.hpp"
#include "net/host_network.hpp"
#include "net/route.hpp"

#include <fcntl.h>
#include <boost/describe/class.hpp>

#include <algorithm>
#include <map>

// Networks as a user works with them: made, removed, connected to containers that are there.

namespace gantry::net {

BOOST_DESCRIBE_STRUCT(Link, (),
                      (index, name, kind, alias, mac, up, mtu, master, received_bytes, received_packets, sent_bytes,
                       sent_packets))

}  // namespace gantry::net

namespace gantry::engine {

namespace {

bool is_on(const ContainerConfig& config, const std::string& network) {
  if (config.network != "bridge") return false;
  if (config.networks.empty()) return network == net::kDefaultNetwork;
  return std::ranges::find(config.networks, network, &NetworkAttachment::name) != config.networks.end();
}

/// As Networks::find(), for what only networks of ours can do.
Result<net::Network> find_ours(const Engine::State& state, const std::string& name) {
  auto found = state.networks().find(name);
  if (found || found.error().code() != Code::not_found || !TRY(find_cni_network(name))) return found;
  return fail(Code::unsupported, "network '{}' is one of CNI: containers are on it from start to end", name)
      .with_cure("make the container anew with --network");
}

Error not_on(const std::string& container, const std::string& network) {
  return fail(Code::not_found, "container '{}' is not on network '{}'", container, network);
}

Result<Fd> open_space(const Observation& seen) {
  return open_file(fmt::format("/proc/{}/ns/net", seen.start->init.pid), O_RDONLY);
}

/// The first number that no attachment has: it is the end of "eth0" and of the veth's name.
unsigned free_index(const net::Connections& connections) {
  for (unsigned index = 0;; ++index) {
    const std::string interface = fmt::format("eth{}", index), host = fmt::format("-{}", index);
    if (std::ranges::none_of(connections.attachments, [&](const net::Attachment& one) {
          return one.interface == interface || one.host_interface.ends_with(host);
        }))
      return index;
  }
}

Result<std::vector<net::Link>> links_here() { return net::list_links(TRY(linux::NetlinkSocket::open(NETLINK_ROUTE))); }

Result<std::vector<net::Link>> links_at_bridges(const Engine::State& state) {
  if (!bridges_are_shared()) return links_here();
  if (!state.has_bridges()) return std::vector<net::Link>();
  const std::string text =
      TRY(state.shared_space().run([]() -> Result<std::string> { return json::encode(TRY(links_here())); }));
  return json::decode<std::vector<net::Link>>(text, "the devices of the bridges");
}

net::Connections only(const net::Attachment& attachment) { return {{attachment}, {}}; }

}  // namespace

Result<net::Network> Engine::create_network(const net::Network& wish) { return state_->networks().create(wish); }
Result<std::vector<net::Network>> Engine::list_networks() { return state_->networks().list(); }
Result<net::Network> Engine::find_network(const std::string& name) { return state_->networks().find(name); }
Result<> Engine::reload_networks() { return state_->restore_networks(); }

Result<std::vector<Container>> Engine::containers_on(const std::string& network) {
  std::vector<Container> users;
  for (Container& container : TRY(list({.all = true})))
    if (is_on(container.config, network)) users.push_back(std::move(container));
  return users;
}

Result<std::optional<net::Connections>> Engine::connections(const std::string& id) { return state_->connections(id); }

Result<std::vector<NetworkMember>> Engine::network_members(const net::Network& network) {
  std::map<std::string, net::Link> links;
  for (net::Link& link : TRY(links_at_bridges(*state_))) links.emplace(link.name, link);
  std::vector<NetworkMember> members;
  for (const Container& container : TRY(containers_on(network.name))) {
    if (!container.running()) continue;
    const auto connections = TRY(state_->connections(container.id)).value_or(net::Connections{});
    for (const net::Attachment& attachment : connections.attachments) {
      if (attachment.network != network.name) continue;
      NetworkMember member{.id = container.id, .name = container.name, .attachment = attachment};
      if (&attachment == &connections.attachments.front()) member.ports = connections.ports;
      if (auto link = links.find(attachment.host_interface); link != links.end()) member.link = link->second;
      members.push_back(std::move(member));
    }
  }
  return members;
}

Result<std::string> Engine::remove_network(const std::string& name, bool force) {
  const net::Network network = TRY(state_->networks().find(name));
  for (const Container& container : TRY(containers_on(network.name))) {
    if (!force)
      return fail(Code::busy, "network '{}' is used by container '{}'", network.name, container.name)
          .with_cure(fmt::format("remove it first, or use: gantry network rm -f {}", network.name));
    TRY(remove(container.id, true));
  }
  if (state_->has_bridges())
    TRY(with_context(state_->at_bridges([&] { return net::take_down(network, state_->firewall()); }),
                     "remove network '{}'", network.name));
  TRY(state_->leases().forget(network.name));
  TRY(state_->networks().remove(network));
  return network.name;
}

Result<> Engine::connect_network(const std::string& name, NetworkAttachment wish) {
  TRY(state_->finish_interrupted());
  const net::Network network = TRY(find_ours(*state_, wish.name));
  wish.name = network.name;
  Held held = TRY(state_->hold_by_name(name));
  ContainerConfig& config = held.record.config;
  if (config.network != "bridge")
    return fail(Code::unsupported, "container '{}' has --network {}, which cannot be joined by others", name,
                config.network);
  if (is_on(config, network.name))
    return fail(Code::exists, "container '{}' is on network '{}' already", name, network.name);
  if (config.networks.empty()) config.networks.push_back({.name = net::kDefaultNetwork});
  config.networks.push_back(wish);
  if (held.container().running()) TRY(state_->attach_running(held, network, wish));
  return TRY(state_->records())->set_config(held.record);
}

Result<> Engine::disconnect_network(const std::string& name, const std::string& network_name) {
  TRY(state_->finish_interrupted());
  const std::string network = TRY(find_ours(*state_, network_name)).name;
  Held held = TRY(state_->hold_by_name(name));
  ContainerConfig& config = held.record.config;
  if (!is_on(config, network)) return not_on(name, network);
  if (held.container().running()) TRY(state_->detach_running(held, network));
  std::erase_if(config.networks, [&](const NetworkAttachment& one) { return one.name == network; });
  // It keeps a network namespace of its own, with nothing in it.
  if (config.networks.empty()) config.network = "none";
  return TRY(state_->records())->set_config(held.record);
}

Result<> Engine::State::attach_running(const Held& held, const net::Network& network, const NetworkAttachment& wish) {
  if (bridges_are_shared()) TRY(check_is_bridge(network));
  TRY(at_bridges([&] { return net::bring_up(network, firewall()); }));
  auto connections = TRY(this->connections(held.record.id)).value_or(net::Connections{});
  const unsigned index = free_index(connections);
  const net::Attachment attachment =
      TRY(net::plan_attachment(network, TRY(wish_of(wish)), leases(), held.record.id, index));
  connections.attachments.push_back(attachment);
  // Before anything is made, so that it is undone at the end whatever happens now.
  TRY(write_connections(held.record.id, connections));
  const Fd space = TRY(open_space(held.seen));
  auto attached = at_bridges([&]() -> Result<> {
    TRY(net::attach(network, attachment, space, index));
    TRY(firewall().add_container(only(attachment)));
    return publish_names(settings, held.record, network, attachment);
  });
  if (attached) return attached;
  best_effort(detach_running(held, network.name));
  return attached;
}

Result<> Engine::State::detach_running(const Held& held, const std::string& network) {
  auto connections = TRY(this->connections(held.record.id)).value_or(net::Connections{});
  const auto found = std::ranges::find(connections.attachments, network, &net::Attachment::network);
  if (found == connections.attachments.end()) return {};
  TRY(withdraw_names(settings, held.record.id, network));
  const net::Attachment gone = *found;  // what comes next may be in a child of ours
  const Fd space = TRY(open_space(held.seen));
  TRY(at_bridges([&]() -> Result<> {
    TRY(net::detach(gone, space));
    // Ports lead to the first network; the rest may have another first one now.
    TRY(firewall().remove_container(rules_of(connections)));
    connections.attachments.erase(found);
    TRY(write_connections(held.record.id, connections));
    return firewall().add_container(rules_of(connections));
  }));
  for (const net::AttachedAddress& one : gone.addresses)
    TRY(leases().give_back(network, one.address.address, held.record.id));
  return {};
}

Result<> Engine::State::restore_networks() {
  TRY(restore_shared_space());
  if (!has_bridges()) return {};
  const auto all = TRY(all_connections());
  return at_bridges([&]() -> Result<> {
    // Bridges first: what one is brought up with is part of the rules.
    for (const auto& [id, connections] : all) {
      if (!look(id).alive) continue;
      for (const net::Attachment& attachment : connections.attachments)
        if (auto network = networks().find(attachment.network)) TRY(net::bring_up(*network, firewall()));
    }
    return reload_networks();
  });
}

}  // namespace gantry::engine
