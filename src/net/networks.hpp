#pragma once

#include "net/network.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::net {

/// The networks that there are: a file NAME.json each in one folder. Any number of processes may work on it at the same
/// time; readers take no lock.
class Networks {
 public:
  /// `folder` is made when the first network is.
  explicit Networks(std::string folder) : folder_(std::move(folder)) {}

  /// By name. Without the default network, as long as nobody has used it.
  Result<std::vector<Network>> list() const;
  /// By name, id or unique beginning of the id. "bridge" and "default" are the default network, which is made when it
  /// is first asked for. Code::not_found, Code::invalid when ambiguous.
  Result<Network> find(std::string_view name) const;

  /// Completes `wish` (id, time, subnets, gateways, interface) and keeps it. Code::exists for a name, subnet or
  /// interface that is taken, here or on the host; Code::no_space when there is no free subnet.
  Result<Network> create(Network wish) const;
  /// Forgets it. Its bridge and rules are remove_network()'s.
  Result<> remove(const Network& network) const;

 private:
  std::string path_of(std::string_view name) const { return folder_ + "/" + std::string(name) + ".json"; }
  Result<Network> read(std::string_view name) const;
  Result<Network> create_locked(Network wish) const;
  Result<Network> default_network() const;

  std::string folder_;
};

/// What a new network must not collide with.
struct Taken {
  std::vector<Network> networks;
  std::vector<IpNetwork> host_routes;        ///< without default routes
  std::vector<std::string> host_interfaces;  ///< names
};

/// Checks a wish and fills in what it leaves open. Errors as those of Networks::create().
Result<Network> complete_network(Network wish, const Taken& taken);

}  // namespace gantry::net
