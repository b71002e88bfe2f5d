#pragma once

#include "base/json_options.hpp"
#include "base/result.hpp"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What a CNI plugin is asked (specification 1.1.0, sections 2 and 3), of which these are the parts that ours knows.

namespace gantry::cni_plugin {

struct IpamRange {
  std::string subnet;
  std::string range_start;
  std::string range_end;
  std::string gateway;
};
BOOST_DESCRIBE_STRUCT(IpamRange, (), (subnet, range_start, range_end, gateway))
constexpr json::Options json_options(const IpamRange*) { return {.required = {"subnet"}}; }

/// As host-local has it: one range, or sets of ranges, of each of which a container gets an address.
struct Ipam {
  std::string type;
  std::string subnet;
  std::string range_start;
  std::string range_end;
  std::string gateway;
  std::vector<std::vector<IpamRange>> ranges;
};
BOOST_DESCRIBE_STRUCT(Ipam, (), (type, subnet, range_start, range_end, gateway, ranges))

struct PluginPort {
  std::uint16_t host_port = 0;
  std::uint16_t container_port = 0;
  std::string protocol;
  std::string host_ip;
};
BOOST_DESCRIBE_STRUCT(PluginPort, (), (host_port, container_port, protocol, host_ip))
constexpr json::Options json_options(const PluginPort*) { return {.names = {{"host_ip", "hostIP"}}}; }

struct RuntimeConfig {
  std::vector<PluginPort> port_mappings;
  std::vector<std::string> ips;
  std::string mac;
};
BOOST_DESCRIBE_STRUCT(RuntimeConfig, (), (port_mappings, ips, mac))

struct ValidAttachment {
  std::string container_id;
  std::string ifname;
};
BOOST_DESCRIBE_STRUCT(ValidAttachment, (), (container_id, ifname))
constexpr json::Options json_options(const ValidAttachment*) { return {.names = {{"container_id", "containerID"}}}; }

/// The configuration on standard input.
struct PluginConfig {
  std::string cni_version;
  std::string name;
  std::string type;
  std::string bridge;        ///< name of the bridge; empty: one is chosen
  std::uint32_t mtu = 0;     ///< 0: the kernel's
  std::uint16_t vlan = 0;    ///< 0: none
  bool internal = false;     ///< no way out
  std::string data_dir;      ///< where networks are kept; empty: /var/lib/cni/gantry
  std::string run_dir;       ///< where leases are kept; empty: /run/cni/gantry
  std::optional<Ipam> ipam;  ///< none: a free subnet is taken
  std::optional<RuntimeConfig> runtime_config;
  json::Raw prev_result;
  std::vector<ValidAttachment> valid_attachments;
};
BOOST_DESCRIBE_STRUCT(PluginConfig, (),
                      (cni_version, name, type, bridge, mtu, vlan, internal, data_dir, run_dir, ipam, runtime_config,
                       prev_result, valid_attachments))
constexpr json::Options json_options(const PluginConfig*) {
  return {.names = {{"valid_attachments", "cni.dev/valid-attachments"}}, .required = {"name"}};
}

/// With what the environment says.
struct Request {
  std::string command;    ///< CNI_COMMAND
  std::string container;  ///< CNI_CONTAINERID
  std::string netns;      ///< CNI_NETNS
  std::string interface;  ///< CNI_IFNAME
  PluginConfig config;
};

/// The versions of the specification that are answered.
inline constexpr std::string_view kVersions[] = {"0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"};

/// Numbers of section 5.2.3; those of a plugin's own begin at 100.
enum class ErrorNumber : unsigned {
  version = 1,
  unknown_container = 3,
  environment = 4,
  decoding = 6,
  configuration = 7,
  not_available = 50,
  other = 100,
};

struct Refusal {
  ErrorNumber number;
  Error error;
};

/// Reads the environment and standard input; of VERSION only the command.
std::variant<Request, Refusal> read_request();

}  // namespace gantry::cni_plugin
