#pragma once

#include "engine/config.hpp"
#include "options/option.hpp"

#include <string>
#include <vector>

namespace gantry::cli {

/// Which namespaces are the container's own.
struct CreateNamespaceOptions {
  std::string hostname, domainname;
  std::string pid, ipc, uts, cgroupns, userns;
  std::vector<std::string> uid_map, gid_map;
};

Result<> set_namespaces(engine::ContainerConfig& config, const CreateNamespaceOptions& options);

namespace create {

inline constexpr options::Option kNamespaces[] = {
    options::option<&CreateNamespaceOptions::hostname>('h', "hostname", "NAME",
                                                       "Name of the host inside; else the first figures of the ID"),
    options::option<&CreateNamespaceOptions::domainname>(0, "domainname", "NAME", "NIS domain of the host inside"),
    options::option<&CreateNamespaceOptions::pid>(
        0, "pid", "MODE", "Processes that it sees: private, host, container:NAME or ns:PATH (default private)"),
    options::option<&CreateNamespaceOptions::ipc>(
        0, "ipc", "MODE", "Shared memory: private, shareable, none, host, container:NAME or ns:PATH"),
    options::option<&CreateNamespaceOptions::uts>(0, "uts", "MODE",
                                                  "Name of the host: private, host, container:NAME or ns:PATH"),
    options::option<&CreateNamespaceOptions::cgroupns>(
        0, "cgroupns", "MODE", "Cgroups that it sees: private, host, container:NAME or ns:PATH"),
    options::option<&CreateNamespaceOptions::userns>(
        0, "userns", "MODE", "Users: host, private, keep-id[:uid=N,gid=N], container:NAME or ns:PATH"),
    options::option<&CreateNamespaceOptions::uid_map>(0, "uidmap", "INSIDE:OUTSIDE:COUNT",
                                                      "Map so many user ids from these two on"),
    options::option<&CreateNamespaceOptions::gid_map>(0, "gidmap", "INSIDE:OUTSIDE:COUNT",
                                                      "Map so many group ids from these two on"),
};

}  // namespace create

}  // namespace gantry::cli
