#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gantry::dns {

/// resolv.conf(5).
struct ResolvConf {
  std::vector<std::string> servers;  ///< IP addresses, one of IPv6 perhaps with its zone
  std::vector<std::string> search;
  std::vector<std::string> options;

  bool operator==(const ResolvConf&) const = default;
};

/// As resolvers read it: what they do not understand is passed over, of several `search` lines the last one counts.
ResolvConf parse_resolv_conf(std::string_view text);
std::string write_resolv_conf(const ResolvConf& conf);

/// The servers that can be asked from another network namespace: those of loopback addresses answer here alone.
std::vector<std::string> reachable_servers(const ResolvConf& conf);

/// The host's file; without systemd-resolved's stub when that has a file with the servers behind it.
ResolvConf host_resolv_conf(bool see_through_stub);

}  // namespace gantry::dns
