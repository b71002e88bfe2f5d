#include "cni_plugin/bridge.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "linux/netlink.hpp"
#include "net/attach.hpp"
#include "net/host_network.hpp"
#include "net/route.hpp"

#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace gantry::cni_plugin {

namespace {

using linux::IpAddress;
using linux::IpNetwork;

std::string file_name(const std::string& network, const std::string& container, const std::string& interface) {
  return network + ":" + container + ":" + interface;
}

/// Under which the addresses are leased, and from which names on the host are made: ids of CNI may begin alike, so it
/// is a hash (FNV-1a).
std::string owner_of(const std::string& file) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char c : file) hash = (hash ^ c) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

Result<std::optional<IpAddress>> optional_address(const std::string& text) {
  if (text.empty()) return std::optional<IpAddress>();
  return TRY(IpAddress::parse(text));
}

Result<net::Subnet> subnet_of(const IpamRange& range) {
  net::Subnet subnet{.subnet = TRY(IpNetwork::parse(range.subnet))};
  subnet.gateway = TRY(optional_address(range.gateway));
  net::LeaseRange lease{.start_ip = TRY(optional_address(range.range_start)),
                        .end_ip = TRY(optional_address(range.range_end))};
  if (lease.start_ip || lease.end_ip) subnet.lease_range = lease;
  return subnet;
}

Result<net::Network> wish_of(const PluginConfig& config) {
  net::Network wish{.name = config.name, .network_interface = config.bridge, .internal = config.internal};
  if (config.mtu != 0) wish.options["mtu"] = fmt::format("{}", config.mtu);
  if (config.vlan != 0) wish.options["vlan"] = fmt::format("{}", config.vlan);
  if (!config.ipam) return wish;
  const Ipam& ipam = *config.ipam;
  if (!ipam.type.empty() && ipam.type != "gantry" && ipam.type != "host-local")
    return fail(Code::unsupported, "addresses by '{}' are not for this plugin", ipam.type)
        .with_cure("leave the type out: it has its own");
  std::vector<IpamRange> ranges;
  if (!ipam.subnet.empty()) ranges.push_back({ipam.subnet, ipam.range_start, ipam.range_end, ipam.gateway});
  for (const auto& set : ipam.ranges) ranges.insert(ranges.end(), set.begin(), set.end());
  for (const IpamRange& range : ranges) {
    wish.subnets.push_back(TRY(subnet_of(range)));
    wish.ipv6_enabled = wish.ipv6_enabled || wish.subnets.back().subnet.address.v6;
  }
  return wish;
}

Result<std::vector<net::PublishedPort>> ports_of(const PluginConfig& config) {
  std::vector<net::PublishedPort> ports;
  if (!config.runtime_config) return ports;
  for (const PluginPort& port : config.runtime_config->port_mappings) {
    if (port.container_port == 0) return fail(Code::invalid, "a port mapping has no containerPort");
    // Kubernetes has ports without one of the host: nothing is to be published.
    if (port.host_port == 0) continue;
    net::PublishedPort published{.host_port = port.host_port, .container_port = port.container_port};
    if (!port.protocol.empty()) published.protocol = port.protocol;
    if (!port.host_ip.empty() && port.host_ip != "0.0.0.0" && port.host_ip != "::")
      published.host_ip = TRY(IpAddress::parse(port.host_ip));
    ports.push_back(std::move(published));
  }
  return ports;
}

Result<net::Wish> wish_of(const Request& request) {
  net::Wish wish{.interface = request.interface};
  if (!request.config.runtime_config) return wish;
  wish.mac = request.config.runtime_config->mac;
  for (const std::string& text : request.config.runtime_config->ips) {
    const IpAddress address = TRY(IpNetwork::parse(text)).address;
    (address.v6 ? wish.ip6 : wish.ip) = address;
  }
  return wish;
}

/// Of "eth2" the 2: the first one gets the default route.
unsigned index_of(const std::string& interface) {
  const std::size_t end = interface.find_last_not_of("0123456789");
  if (end == std::string::npos || end + 1 == interface.size() || interface.size() - end > 3) return 0;
  return static_cast<unsigned>(std::stoul(interface.substr(end + 1)));
}

/// Whether what there is is not what the configuration asks for by now.
bool differs(const net::Network& network, const net::Network& wish) {
  if (!wish.network_interface.empty() && network.network_interface != wish.network_interface) return true;
  if (network.internal != wish.internal || network.options != wish.options) return true;
  if (wish.subnets.empty()) return false;
  return !std::ranges::equal(network.subnets, wish.subnets, [](const net::Subnet& one, const net::Subnet& other) {
    return one.subnet.length == other.subnet.length && one.subnet.contains(other.subnet.address);
  });
}

/// The addresses of a device in the caller's network namespace.
Result<std::vector<IpAddress>> addresses_of(const std::string& interface) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) < 0) return Error::system("list the addresses of the container");
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
  std::vector<IpAddress> addresses;
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || interface != one->ifa_name) continue;
    sockaddr_storage storage{};
    const bool v6 = one->ifa_addr->sa_family == AF_INET6;
    if (!v6 && one->ifa_addr->sa_family != AF_INET) continue;
    std::memcpy(&storage, one->ifa_addr, v6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    addresses.push_back(linux::from_socket_address(storage).address);
  }
  return addresses;
}

Result<> check_addresses(const net::Attachment& attachment) {
  const auto there = TRY(addresses_of(attachment.interface));
  for (const net::AttachedAddress& one : attachment.addresses)
    if (std::ranges::find(there, one.address.address) == there.end())
      return fail(Code::failed, "the container's device {} has not the address {}", attachment.interface,
                  one.address.address.text());
  return {};
}

/// The host's end of a pair takes the other one with it.
Result<> remove_device(const std::string& name) {
  net::RouteChanges changes;
  changes.remove_link(name);
  auto removed = TRY(linux::NetlinkSocket::open(NETLINK_ROUTE)).talk(changes.take());
  if (!removed && removed.error().os_error() == ENODEV) return {};
  return removed;
}

}  // namespace

Bridge::Bridge(const Request& request)
    : request_(request),
      networks_(request.config.data_dir + "/networks"),
      leases_(request.config.run_dir + "/leases"),
      firewall_(request.config.data_dir + "\n" + request.config.run_dir),
      folder_(request.config.run_dir + "/attachments"),
      file_(file_name(request.config.name, request.container, request.interface)) {}

Result<Lock> Bridge::lock() const {
  TRY(make_folders(folder_, 0700));
  return Lock::take(request_.config.run_dir, Lock::Mode::exclusive);
}

Result<std::vector<std::string>> Bridge::attachments() const {
  const std::string prefix = request_.config.name + ":";
  std::vector<std::string> files = TRY(list_folder(folder_));
  std::erase_if(files, [&](const std::string& file) { return !file.starts_with(prefix) || file.contains(".tmp-"); });
  return files;
}

Result<net::Connections> Bridge::noted(const std::string& file) const {
  return json::decode<net::Connections>(TRY(read_file(path_of(file))), path_of(file));
}

Result<net::Network> Bridge::network() {
  const net::Network wish = TRY(wish_of(request_.config));
  auto found = networks_.find(request_.config.name);
  if (!found && found.error().code() == Code::not_found) return networks_.create(wish);
  if (found && differs(*found, wish))
    return fail(Code::invalid, "network '{}' is in use, and was not made as its configuration is now", wish.name)
        .with_cure("remove its containers first");
  return found;
}

Result<net::Connections> Bridge::wanted(const net::Network& network) {
  // Whether a program of the host has a port is the caller's to know: engines bind them while they call us.
  net::Connections connections{.attachments = {}, .ports = TRY(ports_of(request_.config))};
  connections.attachments.push_back(TRY(
      net::plan_attachment(network, TRY(wish_of(request_)), leases_, owner_of(file_), index_of(request_.interface))));
  return connections;
}

Result<> Bridge::attach(const net::Network& network, const net::Connections& connections) {
  const Fd space = TRY(open_file(request_.netns, O_RDONLY));
  TRY(net::attach(network, connections.attachments[0], space, index_of(request_.interface)));
  return add_rules(connections);
}

Result<> Bridge::add_rules(const net::Connections& connections) {
  auto added = firewall_.add_container(connections);
  // Somebody has flushed the rules of the host. Ours are on record by now.
  if (!added && added.error().code() == Code::not_found) return reload_rules();
  return added;
}

Result<> Bridge::reload_rules() {
  std::vector<net::Network> up;
  for (net::Network& network : TRY(networks_.list()))
    if (TRY(net::is_up(network))) up.push_back(std::move(network));
  std::vector<net::Connections> all;
  for (const std::string& file : TRY(list_folder(folder_)))
    if (!file.contains(".tmp-")) all.push_back(TRY(noted(file)));
  return firewall_.reload(up, all);
}

Result<Bridge::Added> Bridge::add() {
  const Lock lock = TRY(this->lock());
  if (path_exists(path_of(file_)))
    return fail(Code::exists, "container {} has {} in network '{}' already", request_.container, request_.interface,
                request_.config.name);
  // Of an ADD that was killed before it could note it.
  TRY(leases_.give_back_all(owner_of(file_)));
  Added added{.network = TRY(network()), .connections = {}};
  TRY(net::bring_up(added.network, firewall_));
  added.connections = TRY(wanted(added.network));
  // Noted before anything is made, so that DEL undoes it whatever happens now.
  auto done = replace_file(path_of(file_), json::encode(added.connections), 0600, Sync::no);
  if (done) done = attach(added.network, added.connections);
  if (done) return added;
  best_effort(take_off(file_));
  return std::move(done.error());
}

Result<> Bridge::take_off(const std::string& file) {
  if (!path_exists(path_of(file))) return leases_.give_back_all(owner_of(file));
  const net::Connections connections = TRY(noted(file));
  for (const net::Attachment& attachment : connections.attachments) TRY(remove_device(attachment.host_interface));
  TRY(firewall_.remove_container(connections));
  TRY(leases_.give_back_all(owner_of(file)));
  return remove_file(path_of(file));
}

Result<> Bridge::remove_unused_network() {
  if (!TRY(attachments()).empty()) return {};
  const auto network = networks_.find(request_.config.name);
  if (!network) return {};
  TRY(net::take_down(*network, firewall_));
  TRY(leases_.forget(network->name));
  return networks_.remove(*network);
}

Result<> Bridge::remove() {
  const Lock lock = TRY(this->lock());
  TRY(take_off(file_));
  return remove_unused_network();
}

Result<> Bridge::check() {
  const Lock lock = TRY(this->lock());
  if (!path_exists(path_of(file_)))
    return fail(Code::not_found, "container {} was not added to network '{}'", request_.container,
                request_.config.name);
  if (!TRY(net::is_up(TRY(networks_.find(request_.config.name)))))
    return fail(Code::failed, "the bridge of network '{}' is gone or down", request_.config.name);
  const net::Connections connections = TRY(noted(file_));
  const Fd space = TRY(open_file(request_.netns, O_RDONLY));
  return linux::in_network_namespace(space, [&] { return check_addresses(connections.attachments.at(0)); });
}

Result<> Bridge::status() {
  if (geteuid() == 0) return {};
  return fail(Code::busy, "networks of bridges need root").with_cure("run the container engine as root");
}

Result<> Bridge::collect() {
  const Lock lock = TRY(this->lock());
  for (const std::string& file : TRY(attachments())) {
    const bool valid = std::ranges::any_of(request_.config.valid_attachments, [&](const ValidAttachment& one) {
      return file == file_name(request_.config.name, one.container_id, one.ifname);
    });
    if (!valid) TRY(take_off(file));
  }
  return remove_unused_network();
}

}  // namespace gantry::cni_plugin
