#include "engine/pasta.hpp"

#include "base/file.hpp"
#include "base/subprocess.hpp"
#include "base/text.hpp"
#include "dns/resolv_conf.hpp"
#include "linux/ip_address.hpp"

#include <algorithm>
#include <charconv>

namespace gantry::engine {

namespace {

/// Where pasta answers for the host's server of names: link-local, so it hides no real one.
constexpr const char* kDnsAddress = "169.254.1.1";

bool wants_host(const NetworkConfig& config) {
  return std::ranges::any_of(config.add_hosts, [](const std::string& host) { return host.ends_with("host-gateway"); });
}

std::string port_range(std::uint16_t first, std::uint16_t count) {
  return count == 1 ? fmt::format("{}", first) : fmt::format("{}-{}", first, first + count - 1);
}

/// "ADDRESS/HOST:CONTAINER".
std::string port_argument(const PortMapping& port) {
  const std::string address = port.host_ip.empty() ? "" : port.host_ip + "/";
  return fmt::format("{}{}:{}", address, port_range(port.host_port, port.count),
                     port_range(port.container_port, port.count));
}

void add_ports(std::vector<std::string>& words, const NetworkConfig& config, const char* option,
               std::string_view protocol) {
  const std::size_t before = words.size();
  for (const PortMapping& port : config.ports)
    if (port.protocol == protocol) words.insert(words.end(), {option, port_argument(port)});
  // Without this it would publish whatever the container binds.
  if (words.size() == before) words.insert(words.end(), {option, "none"});
}

/// The last thing that it said, without its complaints about a missing syslog.
std::string last_line(const std::string& text) {
  std::string last;
  for (const std::string& line : split(text, '\n'))
    if (!trim(line).empty() && !line.starts_with("Failed to send ")) last = trim(line);
  return last;
}

}  // namespace

std::vector<std::string> pasta_arguments(const NetworkConfig& config, pid_t pid, const std::string& pid_file) {
  std::vector<std::string> words{"pasta", "--config-net", "--quiet", "--pid", pid_file, "--dns-forward", kDnsAddress};
  // Its gateway's address leads to the loopback addresses of the host: only for who asks for it.
  if (!wants_host(config)) words.emplace_back("--no-map-gw");
  add_ports(words, config, "--tcp-ports", "tcp");
  add_ports(words, config, "--udp-ports", "udp");
  for (const char* option : {"--tcp-ns", "--udp-ns"}) words.insert(words.end(), {option, "none"});
  words.insert(words.end(), config.network_options.begin(), config.network_options.end());
  words.push_back(fmt::format("{}", pid));
  return words;
}

std::string default_gateway(std::string_view routes) {
  for (const std::string& line : split(routes, '\n')) {
    // Iface Destination Gateway …, the addresses as numbers of this machine's byte order.
    const std::vector<std::string> fields = split(line, '\t');
    if (fields.size() < 3 || fields[1] != "00000000") continue;
    std::uint32_t number = 0;
    const std::string& word = fields[2];
    if (std::from_chars(word.data(), word.data() + word.size(), number, 16).ec != std::errc{} || number == 0) continue;
    linux::IpAddress address;
    for (unsigned i = 0; i < 4; ++i) address.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return address.text();
  }
  return {};
}

NetworkFacts pasta_facts(const NetworkConfig& config) {
  NetworkFacts facts{.servers = dns::reachable_servers(dns::host_resolv_conf(true))};
  // What listens on the host's loopback device is reached through pasta alone.
  if (facts.servers.empty()) facts.servers = {kDnsAddress};
  if (!config.dns.empty()) facts.servers = config.dns;
  if (wants_host(config)) facts.host_gateway = default_gateway(read_file("/proc/net/route").value_or(std::string()));
  return facts;
}

Result<> start_pasta(const NetworkConfig& config, pid_t pid, const std::string& pid_file) {
  const Output output = TRY(run_command({.argv = pasta_arguments(config, pid, pid_file)}));
  if (output.status.ok()) return {};
  const std::string said = last_line(output.err);
  return fail(Code::failed, "pasta cannot connect the container: {}", said.empty() ? "it says no reason" : said)
      .with_cure("use another --network, or none");
}

}  // namespace gantry::engine
