#pragma once

#include "net/network.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::net {

/// Who has which address. A lease is a symbolic link RUNROOT/networks/NETWORK/ADDRESS to the container's id: made and
/// filled in one step, and by one owner only. An address is not given out again before all others of its range have
/// been, so that what the neighbours remember of it is stale by then. Taking the next one costs the same however many
/// there are.
class Leases {
 public:
  /// `folder` is RUNROOT/networks.
  explicit Leases(std::string folder) : folder_(std::move(folder)) {}

  struct Lease {
    IpAddress address;
    std::string owner;  ///< the container's id
  };

  /// Code::no_space when the subnet is exhausted.
  Result<IpAddress> take(const Network& network, const Subnet& subnet, std::string_view owner) const;
  /// A certain one. Code::invalid outside of the subnet or for the gateway, Code::exists when somebody else has it.
  Result<> take(const Network& network, const Subnet& subnet, const IpAddress& wanted, std::string_view owner) const;
  /// Fine when it is free, or somebody else's.
  Result<> give_back(std::string_view network, const IpAddress& address, std::string_view owner) const;
  /// Every lease of a container, whatever the network: for one that died before it could note them.
  Result<> give_back_all(std::string_view owner) const;
  Result<std::vector<Lease>> list(std::string_view network) const;
  /// Of a network that is gone.
  Result<> forget(std::string_view network) const;

 private:
  std::string folder_of(std::string_view network) const { return folder_ + "/" + std::string(network); }
  std::string folder_;
};

}  // namespace gantry::net
