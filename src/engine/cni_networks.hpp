#pragma once

#include "engine/config.hpp"
#include "engine/engine.hpp"
#include "engine/records.hpp"
#include "engine/run_folder.hpp"
#include "net/connections.hpp"

#include <sys/types.h>
#include <boost/json/fwd.hpp>

#include <optional>
#include <string>
#include <vector>

// Networks that are not ours but of CNI: what a .conflist in /etc/cni/net.d names, or in the folder of the variable
// NETCONFPATH; plugins are in the folders of CNI_PATH, as for cnitool.

namespace gantry::engine {

/// A container on such a network. Kept whole in the run folder, so that it is taken off in the way it was put on
/// whatever becomes of the file that says how.
struct CniConnection {
  std::string network;
  std::string path;    ///< of the file
  std::string config;  ///< what it says
  std::vector<std::string> plugins;
  std::string interface;
  std::string version;  ///< that was spoken; empty: the file's

  bool operator==(const CniConnection&) const = default;
};
BOOST_DESCRIBE_STRUCT(CniConnection, (), (network, path, config, plugins, interface, version))

struct CniConnections {
  std::vector<CniConnection> connections;
};
BOOST_DESCRIBE_STRUCT(CniConnections, (), (connections))

/// Nothing when there is none of that name.
Result<std::optional<CniConnection>> find_cni_network(const std::string& name);

/// What the plugins have given a container.
struct CniAnswer {
  std::vector<net::Attachment> attachments;
  std::vector<std::string> servers;  ///< of names
  std::vector<std::string> search;
};

/// Puts the network namespace of a container's init on these networks, and gives the first one the ports. What was done
/// is undone by leave_cni_networks(), also when this fails.
Result<CniAnswer> join_cni_networks(const std::string& run_root, const Record& record, pid_t pid,
                                    const std::vector<CniConnection>& networks,
                                    const std::vector<net::PublishedPort>& ports);
/// Addresses and servers of names, for files that are in the container already.
Result<> add_to_network_files(const Record& record, const RunFolder& folder, const CniAnswer& answer);
/// Of a container that does not run; fine for one that was on none.
Result<> leave_cni_networks(const std::string& run_root, const std::string& id);

/// A network that a file names.
struct CniNetwork {
  std::string name;
  std::string path;
  std::string version;
  std::vector<std::string> plugins;
};
/// By name, without those whose name is a network of ours; none for an ordinary user, who cannot use them.
Result<std::vector<CniNetwork>> list_cni_networks(Engine& engine);
/// Has the plugins take back what nobody has any more, and removes its file. Code::not_found; Code::busy while
/// containers are made for it, with `force` they go too.
Result<> remove_cni_network(Engine& engine, const std::string& name, bool force);

/// For `network inspect`: the chain, whether its plugins could add now (STATUS), and of each container that runs on it
/// whether all is as it was made (CHECK). Code::not_found when there is no such network.
Result<boost::json::object> inspect_cni_network(Engine& engine, const std::string& name);
/// Has the plugins of all networks take back what none of our containers holds (GC).
Result<> collect_cni_networks(Engine& engine);

}  // namespace gantry::engine
