#include "engine/inspect_network.hpp"

#include <boost/json/array.hpp>

namespace gantry::engine {

namespace {

using boost::json::array;
using boost::json::object;

/// {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}
template <class Port>
void add_bindings(object& bindings, const Port& port, const std::string& host_ip) {
  for (unsigned i = 0; i < port.count; ++i) {
    auto& list = bindings[fmt::format("{}/{}", port.container_port + i, port.protocol)];
    if (!list.is_array()) list = array();
    const std::string number = port.host_port == 0 ? "" : fmt::format("{}", port.host_port + i);
    list.get_array().emplace_back(object{{"HostIp", host_ip}, {"HostPort", number}});
  }
}

const net::AttachedAddress* address_of(const net::Attachment& attachment, bool v6) {
  for (const auto& one : attachment.addresses)
    if (one.address.address.v6 == v6) return &one;
  return nullptr;
}

/// The addresses of one attachment, by docker's names.
object endpoint(const net::Attachment* attachment) {
  const net::AttachedAddress* v4 = attachment != nullptr ? address_of(*attachment, false) : nullptr;
  const net::AttachedAddress* v6 = attachment != nullptr ? address_of(*attachment, true) : nullptr;
  auto gateway = [](const net::AttachedAddress* one) { return one && one->gateway ? one->gateway->text() : ""; };
  auto text = [](const net::AttachedAddress* one) { return one ? one->address.address.text() : std::string(); };
  auto length = [](const net::AttachedAddress* one) { return one ? one->address.length : 0; };
  return {{"EndpointID", ""},
          {"Gateway", gateway(v4)},
          {"IPAddress", text(v4)},
          {"IPPrefixLen", length(v4)},
          {"IPv6Gateway", gateway(v6)},
          {"GlobalIPv6Address", text(v6)},
          {"GlobalIPv6PrefixLen", length(v6)},
          {"MacAddress", attachment != nullptr ? attachment->mac : std::string()}};
}

object networks_of(const std::vector<net::Attachment>& attachments) {
  object networks;
  for (const net::Attachment& attachment : attachments) {
    object one = endpoint(&attachment);
    one["NetworkID"] = attachment.network_id;
    one["DriverOpts"] = nullptr;
    one["IPAMConfig"] = nullptr;
    one["Links"] = nullptr;
    one["InterfaceName"] = attachment.interface;
    one["Aliases"] = array(attachment.aliases.begin(), attachment.aliases.end());
    networks[attachment.network] = std::move(one);
  }
  return networks;
}

}  // namespace

object port_bindings(const ContainerConfig& config) {
  object bindings;
  for (const PortMapping& port : config.ports) add_bindings(bindings, port, port.host_ip);
  return bindings;
}

object network_settings(const ContainerConfig& config, const std::optional<net::Connections>& connections) {
  const bool attached = connections && !connections->attachments.empty();
  object settings = endpoint(attached ? &connections->attachments.front() : nullptr);
  object ports;
  for (const std::string& exposed : config.expose)
    ports[exposed.find('/') == std::string::npos ? exposed + "/tcp" : exposed] = nullptr;
  if (connections)
    for (const net::PublishedPort& port : connections->ports)
      add_bindings(ports, port, port.host_ip ? port.host_ip->text() : "0.0.0.0");
  settings["Bridge"] = "";
  settings["SandboxID"] = "";
  settings["SandboxKey"] = "";
  settings["HairpinMode"] = false;
  settings["Ports"] = std::move(ports);
  settings["Networks"] = attached ? networks_of(connections->attachments) : object();
  return settings;
}

}  // namespace gantry::engine
