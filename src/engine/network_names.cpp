#include "engine/network_names.hpp"

#include "base/file.hpp"
#include "base/programs.hpp"
#include "dns/zone.hpp"
#include "engine/shared_space.hpp"
#include "engine/user_network.hpp"

namespace gantry::engine {

namespace {

constexpr std::size_t kShortId = 12;
constexpr std::size_t kMostServers = 3;  // that resolvers read of resolv.conf

constexpr const char* kServer = "gantry-dns";

/// It is beside the other inner programs: ours, or ../libexec/gantry.
Result<std::string> find_server() {
  const std::string folder = TRY(own_program()).folder;
  for (const char* place : {"/", "/../libexec/gantry/"})
    if (const std::string path = folder + place + kServer; path_exists(path)) return path;
  return fail(Code::not_found, "cannot find the program {}", kServer).with_cure("install gantry again");
}

bool has_names(const net::Network& network) { return network.dns_enabled && network.driver == net::Driver::bridge; }

dns::Zone zone_of(const net::Network& network) {
  dns::Zone zone{.upstreams = network.network_dns_servers, .internal = network.internal};
  for (const net::Subnet& subnet : network.subnets) {
    zone.subnets.push_back(subnet.subnet.text());
    if (subnet.gateway) zone.listen.push_back(subnet.gateway->text());
  }
  return zone;
}

dns::Member member_of(const Record& record, const net::Attachment& attachment) {
  dns::Member member{.names = {record.name}, .upstreams = record.config.dns};
  member.names.insert(member.names.end(), attachment.aliases.begin(), attachment.aliases.end());
  member.names.push_back(record.id.substr(0, kShortId));
  for (const net::AttachedAddress& one : attachment.addresses) member.addresses.push_back(one.address.address.text());
  return member;
}

}  // namespace

std::string names_folder(const Settings& settings) {
  return settings.run_root + (bridges_are_shared() ? "/bridges/dns" : "/dns");
}

Result<> publish_names(const Settings& settings, const Record& record, const net::Network& network,
                       const net::Attachment& attachment) {
  if (!has_names(network)) return {};
  dns::Zone zone = zone_of(network);
  if (zone.listen.empty()) return {};
  // The host's loopback device, where its servers may be, is another one there.
  const NetworkConfig way_out{.network = bridges_are_shared() ? default_user_network() : ""};
  if (zone.upstreams.empty() && is_user_network(way_out.network)) zone.upstreams = user_network_facts(way_out).servers;
  return with_context(dns::publish({names_folder(settings), TRY(find_server())}, network.name, zone, record.id,
                                   member_of(record, attachment)),
                      "network '{}'", network.name);
}

Result<> withdraw_names(const Settings& settings, const std::string& id, const std::string& network) {
  return dns::withdraw(names_folder(settings), network, id);
}

NetworkFacts bridge_facts(std::span<const net::Network> networks, std::span<const net::Attachment> attachments) {
  NetworkFacts facts;
  for (std::size_t i = 0; i < networks.size() && i < attachments.size(); ++i) {
    const net::Network& network = networks[i];
    for (const net::AttachedAddress& one : attachments[i].addresses) {
      facts.addresses.push_back(one.address.address.text());
      const bool leads_to_host = one.gateway && network.driver == net::Driver::bridge;
      if (leads_to_host && facts.host_gateway.empty()) facts.host_gateway = one.gateway->text();
    }
    if (!has_names(network)) continue;
    // An internal network has no way out, but its bridge answers all the same.
    for (std::string& server : zone_of(network).listen)
      if (facts.servers.size() < kMostServers) facts.servers.push_back(std::move(server));
  }
  // The bridge is not the host's own then.
  if (bridges_are_shared()) facts.host_gateway.clear();
  if (!facts.servers.empty()) facts.search = {dns::kDomain};
  for (const net::Network& network : networks)
    if (facts.servers.empty()) facts.servers = network.network_dns_servers;
  return facts;
}

}  // namespace gantry::engine
