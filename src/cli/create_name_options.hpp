#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <string>
#include <vector>

namespace gantry::cli {

/// By which names the container knows others, and the servers that it asks.
struct CreateNameOptions {
  std::vector<std::string> dns;
  std::vector<std::string> dns_search;
  std::vector<std::string> dns_options;
  std::vector<std::string> add_hosts;
  std::string hosts_file;
  bool no_hosts = false;
  bool no_hostname = false;
};

Result<> set_names(engine::ContainerConfig& config, const CreateNameOptions& options);

namespace create {

inline constexpr options::Option kNames[] = {
    options::option<&CreateNameOptions::dns>(0, "dns", "ADDRESS",
                                             "Server of names to ask; `none` leaves the image's resolv.conf"),
    options::option<&CreateNameOptions::dns_search>(0, "dns-search", "DOMAIN",
                                                    "Domain in which short names are looked up; `.` for none"),
    options::option<&CreateNameOptions::dns_options>(0, "dns-option", "OPTION", "Option of resolv.conf")
        .also("dns-opt"),
    options::option<&CreateNameOptions::add_hosts>(
        0, "add-host", "NAME[;NAME]:ADDRESS", "Line of /etc/hosts; the address `host-gateway` is that of the host"),
    options::option<&CreateNameOptions::hosts_file>(0, "hosts-file", "FILE|image|none", "What /etc/hosts begins with")
        .completing(options::Completes::files),
    options::flag<&CreateNameOptions::no_hosts>(0, "no-hosts", "Leave the image's /etc/hosts"),
    options::flag<&CreateNameOptions::no_hostname>(0, "no-hostname", "Leave the image's /etc/hostname"),
};

}  // namespace create

}  // namespace gantry::cli
