#include "dns/resolv_conf.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "linux/ip_address.hpp"

#include <algorithm>

namespace gantry::dns {

namespace {

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : line) {
    if (c != ' ' && c != '\t' && c != '\r') word.push_back(c);
    else if (!word.empty()) words.push_back(std::move(word)), word.clear();
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

/// Without its zone, which means something on this host alone.
bool is_server(const std::string& text) { return linux::IpAddress::parse(cut(text, '%').before).has_value(); }

bool is_loopback(const std::string& text) {
  static const linux::IpNetwork v4 = *linux::IpNetwork::parse("127.0.0.0/8");
  static const linux::IpNetwork v6 = *linux::IpNetwork::parse("::1/128");
  const auto address = linux::IpAddress::parse(cut(text, '%').before);
  return !address || v4.contains(*address) || v6.contains(*address);
}

}  // namespace

ResolvConf parse_resolv_conf(std::string_view text) {
  ResolvConf conf;
  for (const std::string& line : split(text, '\n')) {
    if (line.starts_with('#') || line.starts_with(';')) continue;
    std::vector<std::string> words = words_of(line);
    if (words.size() < 2) continue;
    const std::string keyword = words.front();
    words.erase(words.begin());
    if (keyword == "nameserver" && is_server(words.front())) conf.servers.push_back(words.front());
    else if (keyword == "search") conf.search = std::move(words);
    else if (keyword == "domain") conf.search = {words.front()};
    else if (keyword == "options") conf.options.insert(conf.options.end(), words.begin(), words.end());
  }
  return conf;
}

std::string write_resolv_conf(const ResolvConf& conf) {
  std::string text;
  if (!conf.search.empty()) text += "search " + join(conf.search, " ") + "\n";
  for (const std::string& server : conf.servers) text += "nameserver " + server + "\n";
  if (!conf.options.empty()) text += "options " + join(conf.options, " ") + "\n";
  return text;
}

std::vector<std::string> reachable_servers(const ResolvConf& conf) {
  std::vector<std::string> servers;
  for (const std::string& server : conf.servers)
    if (!is_loopback(server) && !server.contains('%')) servers.push_back(server);
  return servers;
}

ResolvConf host_resolv_conf(bool see_through_stub) {
  const ResolvConf own = parse_resolv_conf(read_file("/etc/resolv.conf").value_or(std::string()));
  if (!see_through_stub || own.servers != std::vector<std::string>{"127.0.0.53"}) return own;
  const auto behind = read_file("/run/systemd/resolve/resolv.conf");
  return behind ? parse_resolv_conf(*behind) : own;
}

}  // namespace gantry::dns
