#pragma once

#include "dns/packet.hpp"
#include "dns/zone.hpp"

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace gantry::dns {

/// What is to be done about a query.
struct Decision {
  bool forward = false;
  Answer answer;                                 ///< unless it is forwarded
  std::vector<linux::IpAddress> upstreams = {};  ///< to ask, in this order; empty: the host's
};

/// The names of every network, in memory.
class Directory {
 public:
  /// A network whose file is there; its members stay. Errors name what is wrong in it.
  Result<> set_zone(const std::string& network, const Zone& zone);
  /// A member; what is no name or no address in it is left out.
  void set_member(const std::string& network, const std::string& id, const Member& member);
  void remove_member(const std::string& network, const std::string& id);
  void remove_network(const std::string& network);

  bool empty() const;  ///< no network has a member
  /// Where to listen: address to network.
  const std::map<linux::IpAddress, std::string>& listen() const { return listen_; }

  /// For a query that came to the gateway `at` from `source`. A container sees the names of all its networks, anyone
  /// else in a network's subnets those of that network, and others nothing.
  Decision decide(const linux::IpAddress& at, const linux::IpAddress& source, const Query& query);

 private:
  struct Host {
    std::string id;
    std::vector<std::string> names;
    std::vector<linux::IpAddress> addresses;
    std::vector<linux::IpAddress> upstreams;
  };
  struct Network {
    std::vector<linux::IpAddress> listen;
    std::vector<linux::IpNetwork> subnets;
    std::vector<linux::IpAddress> upstreams;
    bool internal = false;
    std::unordered_map<std::string, Host> hosts;                        ///< by id
    std::unordered_map<std::string, std::vector<std::string>> by_name;  ///< lower case: ids
    std::map<linux::IpAddress, std::string> by_address;                 ///< ids
  };

  std::vector<const Network*> visible_to(const std::string& network, const std::string& id) const;
  bool may_ask(const Network& network, const linux::IpAddress& source) const;
  bool collect(const std::vector<const Network*>& networks, const std::string& name, std::uint16_t type,
               Answer& answer) const;
  std::optional<Answer> own_answer(const std::vector<const Network*>& networks, const Question& question);
  Answer reverse_answer(const std::vector<const Network*>& networks, const linux::IpAddress& address) const;
  void rebuild_listen();
  void forget(Network& network, const std::string& id);

  std::map<std::string, Network> networks_;
  std::map<linux::IpAddress, std::string> listen_;
  std::size_t turn_ = 0;  ///< which of several addresses comes first
};

}  // namespace gantry::dns
