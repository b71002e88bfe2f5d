#pragma once

#include "engine/cni_networks.hpp"
#include "engine/namespaces.hpp"
#include "engine/network_files.hpp"
#include "engine/state.hpp"
#include "net/attach.hpp"
#include "net/connections.hpp"
#include "net/network.hpp"
#include "net/ports.hpp"
#include "oci/runtime_spec.hpp"

#include <string>
#include <vector>

namespace gantry::engine {

/// In the run folder: net::Connections.
inline constexpr const char* kConnectionsFile = "network.json";

/// The networks of one start of a container, whose lock is held. Undone by State::release_networks().
class Networking {
 public:
  Networking(Engine::State& state, const Record& record)
      : state_(state), record_(record), folder_(state.run_folder(record.id)) {}

  /// Finds or makes the networks, takes addresses and ports and notes them in the run folder.
  Result<> prepare();
  const net::Connections& connections() const { return connections_; }
  /// An ordinary user's containers on bridges share a user namespace. The network namespace is made beforehand: while
  /// a process joins it, only root could have a look at what it has.
  Result<> join(Namespaces& namespaces);
  /// What the container must be told, and forbidden, for its network.
  Result<> adapt(oci::Spec& spec) const;
  /// For the files that tell the container of its network.
  NetworkFacts facts() const;

  /// Gives the new network namespace of a process its devices and rules. Runs while the process sets up the rest.
  Result<> connect(pid_t pid);
  /// What the monitor keeps open to hold the ports.
  Result<Fd> bundle_ports() const { return held_.bundle(); }

 private:
  Result<> find_networks();
  Result<> find_network(const NetworkAttachment& wish);
  Result<> take_addresses();
  Result<net::Attachment> plan(const net::Network& network, const NetworkAttachment& wish, unsigned index) const;
  bool is_in_shared_space() const;
  Result<> hold_ports();
  Result<> connect_ours() const;
  Result<> connect_cni(pid_t pid);
  Result<> prepare_user_network();
  Result<> prepare_graft();
  Result<> connect_user_network(pid_t pid) const;
  Result<> add_rules() const;

  Engine::State& state_;
  const Record& record_;
  RunFolder folder_;
  std::vector<net::Network> networks_;  ///< ours, one for each of wishes_
  std::vector<NetworkAttachment> wishes_;
  std::vector<CniConnection> cni_;
  net::Connections connections_;
  net::HeldPorts held_;
  Fd space_;  ///< its network namespace, when it is made beforehand
};

/// What a config wants of one network, read. Code::invalid for what is no address.
Result<net::Wish> wish_of(const NetworkAttachment& wish);
/// The ports that a config publishes, --publish-all included.
Result<std::vector<net::PublishedPort>> published_ports(const NetworkConfig& config);

}  // namespace gantry::engine
