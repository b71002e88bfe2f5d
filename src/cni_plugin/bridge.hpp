#pragma once

#include "base/file.hpp"
#include "cni_plugin/request.hpp"
#include "net/connections.hpp"
#include "net/firewall.hpp"
#include "net/lease.hpp"
#include "net/networks.hpp"

#include <string>
#include <vector>

namespace gantry::cni_plugin {

/// Gantry's bridge, with its addresses and published ports, under the operations of CNI. A network is made for its
/// first attachment and goes with its last one; what an attachment holds is noted in a file of its own. One operation
/// at a time works on one `runDir`.
class Bridge {
 public:
  explicit Bridge(const Request& request);

  struct Added {
    net::Network network;
    net::Connections connections;  ///< of one attachment
  };
  /// Code::exists for what was added already.
  Result<Added> add();
  /// Fine for what was never added, or is gone.
  Result<> remove();
  /// Code::failed when the device or an address of it is gone, Code::not_found for what was never added.
  Result<> check();
  /// Code::busy when nothing could be added now.
  Result<> status();
  /// Takes back the attachments of this network that the request does not name as valid.
  Result<> collect();

 private:
  Result<Lock> lock() const;
  Result<net::Network> network();
  Result<net::Connections> wanted(const net::Network& network);
  Result<> attach(const net::Network& network, const net::Connections& connections);
  Result<> add_rules(const net::Connections& connections);
  Result<> reload_rules();
  Result<> take_off(const std::string& file);
  Result<> remove_unused_network();
  /// Files of this network's attachments.
  Result<std::vector<std::string>> attachments() const;
  Result<net::Connections> noted(const std::string& file) const;
  std::string path_of(const std::string& file) const { return folder_ + "/" + file; }

  const Request& request_;
  net::Networks networks_;
  net::Leases leases_;
  net::Firewall firewall_;
  std::string folder_;  ///< of the attachments' files
  std::string file_;    ///< the name of ours
};

}  // namespace gantry::cni_plugin
