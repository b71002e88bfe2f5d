#include "engine/network_files.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "dns/host_name.hpp"
#include "dns/resolv_conf.hpp"
#include "engine/storage.hpp"
#include "linux/ip_address.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <algorithm>

namespace gantry::engine {

namespace {

constexpr const char* kHostGateway = "host-gateway";
/// What docker and podman call the host.
constexpr const char* kHostNames = "host.containers.internal host.docker.internal";
constexpr const char* kLoopbackHosts = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";

struct File {
  std::string name;  ///< below /etc
  std::string text;
};

/// A host without the file is no reason to fail.
std::string host_file(const char* path) { return read_file(path).value_or(std::string()); }

/// One --add-host, taken apart.
struct AddedHost {
  std::vector<std::string> names;
  std::string address;
};

Result<AddedHost> parse_added_host(const std::string& text) {
  // "NAME:ADDRESS", and docker's "NAME=ADDRESS"; an address of IPv6 has colons itself, perhaps in brackets.
  const std::size_t separator = text.find_first_of(":=");
  if (separator == std::string::npos)
    return fail(Code::invalid, "--add-host '{}' has no address", text).with_cure("as in --add-host db:10.0.0.5");
  AddedHost host{split(text.substr(0, separator), ';'), text.substr(separator + 1)};
  if (host.address.starts_with('[') && host.address.ends_with(']'))
    host.address = host.address.substr(1, host.address.size() - 2);
  for (const std::string& name : host.names)
    if (!dns::is_host_name(name)) return fail(Code::invalid, "--add-host '{}': '{}' is not a host's name", text, name);
  if (host.address != kHostGateway) TRY(with_context(linux::IpAddress::parse(host.address), "--add-host '{}'", text));
  return host;
}

/// What is written to a line of resolv.conf must not begin another one.
Result<> check_word(const std::string& word, std::string_view option) {
  if (!word.empty() && std::ranges::all_of(word, [](unsigned char c) { return c > ' ' && c < 0x7f; })) return {};
  return fail(Code::invalid, "{} '{}' is not one word", option, word);
}

Result<std::string> hosts_base(const ContainerConfig& config, const std::optional<std::string>& image) {
  if (config.hosts_file == "none") return std::string();
  if (config.hosts_file == "image") return image.value_or(std::string());
  if (!config.hosts_file.empty()) return read_file(config.hosts_file);
  return config.network == "host" ? host_file("/etc/hosts") : std::string(kLoopbackHosts);
}

std::string own_lines(const ContainerConfig& config, const std::string& hostname, const std::string& name,
                      const NetworkFacts& facts) {
  if (config.network == "host") return {};
  const std::string names = hostname == name ? name : hostname + " " + name;
  if (facts.addresses.empty()) return fmt::format("127.0.1.1\t{}\n", names);
  std::string lines;
  for (const std::string& address : facts.addresses) lines += fmt::format("{}\t{}\n", address, names);
  return lines;
}

Result<> write_file(const File& file, const std::string& path) {
  const Fd made = TRY(open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
  // Every user of the container reads it, whatever the umask of ours.
  if (fchmod(made.get(), 0644) < 0) return Error::system("set the mode of {}", path);
  return write_all(made, file.text, path);
}

}  // namespace

Result<> check_network_files(const NetworkConfig& config) {
  for (const std::string& host : config.add_hosts) TRY(parse_added_host(host));
  if (config.no_hosts && !config.add_hosts.empty())
    return fail(Code::invalid, "--add-host needs the file that --no-hosts leaves alone").with_cure("drop one of them");
  for (const std::string& server : config.dns)
    if (server != "none") TRY(with_context(linux::IpAddress::parse(server), "--dns"));
  for (const std::string& domain : config.dns_search) TRY(check_word(domain, "--dns-search"));
  for (const std::string& option : config.dns_options) TRY(check_word(option, "--dns-option"));
  return {};
}

Result<std::string> hosts_text(const ContainerConfig& config, const std::string& hostname, const std::string& name,
                               const NetworkFacts& facts, const std::optional<std::string>& image) {
  std::string added;
  for (const std::string& text : config.add_hosts) {
    const AddedHost host = TRY(parse_added_host(text));
    const std::string& address = host.address == kHostGateway ? facts.host_gateway : host.address;
    if (address.empty())
      return fail(Code::unsupported, "--add-host '{}': this container's network does not lead to the host", text)
          .with_cure("give the host's address, or another --network");
    added += fmt::format("{}\t{}\n", address, join(host.names, " "));
  }
  std::string base = TRY(hosts_base(config, image));
  if (!base.empty() && !base.ends_with('\n')) base += '\n';
  // The first line with a name wins, so what the user asks for comes first.
  std::string text = added + base + own_lines(config, hostname, name, facts);
  if (!facts.host_gateway.empty()) text += fmt::format("{}\t{}\n", facts.host_gateway, kHostNames);
  return text;
}

Result<std::string> resolv_text(const ContainerConfig& config, const NetworkFacts& facts) {
  const bool host = config.network == "host";
  const dns::ResolvConf of_host = dns::host_resolv_conf(!host);
  dns::ResolvConf conf;
  if (config.network != "none") {
    conf = of_host;
    conf.servers = host ? of_host.servers : facts.servers.empty() ? dns::reachable_servers(of_host) : facts.servers;
    conf.search.insert(conf.search.begin(), facts.search.begin(), facts.search.end());
  }
  // A server of names in the network asks the servers of --dns itself: the names of containers still count.
  if (!config.dns.empty() && facts.servers.empty()) conf.servers = config.dns;
  if (!config.dns_search.empty()) conf.search = config.dns_search;
  if (conf.search == std::vector<std::string>{"."}) conf.search.clear();
  if (!config.dns_options.empty()) conf.options = config.dns_options;
  if (host && config.dns.empty() && config.dns_search.empty() && config.dns_options.empty())
    return host_file("/etc/resolv.conf");
  return dns::write_resolv_conf(conf);
}

Result<std::string> choose_hostname(const ContainerConfig& config, const std::string& id) {
  if (!config.hostname.empty()) return config.hostname;
  if (config.network != "host") return id.substr(0, 12);
  utsname names{};
  if (uname(&names) < 0) return Error::system("read the hostname");
  return std::string(names.nodename);
}

Result<std::vector<Mount>> write_network_files(const ContainerConfig& config, const std::string& hostname,
                                               const std::string& name, const NetworkFacts& facts,
                                               const std::optional<std::string>& image_hosts,
                                               const std::string& folder) {
  std::vector<File> files;
  if (!config.no_hostname) files.push_back({"hostname", hostname + "\n"});
  if (!config.no_hosts) files.push_back({"hosts", TRY(hosts_text(config, hostname, name, facts, image_hosts))});
  const bool leave_resolv = config.no_resolv || config.dns == std::vector<std::string>{"none"};
  const bool has_resolv = config.network != "none" || !config.dns.empty();
  if (has_resolv && !leave_resolv) files.push_back({"resolv.conf", TRY(resolv_text(config, facts))});

  std::vector<Mount> mounts;
  for (const File& file : files) {
    const std::string target = "/etc/" + file.name;
    if (is_covered(config, target)) continue;
    const std::string source = folder + "/" + file.name;
    TRY(write_file(file, source));
    mounts.push_back({.type = "bind", .source = source, .target = target, .options = {"bind", "rprivate"}});
  }
  return mounts;
}

}  // namespace gantry::engine
