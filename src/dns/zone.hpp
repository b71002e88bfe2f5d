#pragma once

#include "base/json_options.hpp"
#include "base/result.hpp"

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

// What the server knows, as files: <folder>/<network>/network is a Zone, <folder>/<network>/<id> a Member. Each is
// renamed into its place, and the server sees it before it reads its next query, so a container that is started later
// finds all that were published before. The order of publishing needs no lock.

namespace gantry::dns {

/// Under which every name is known as well, and which the containers' resolv.conf searches.
inline constexpr const char* kDomain = "dns.gantry";

/// A network.
struct Zone {
  std::vector<std::string> listen;     ///< its gateways: addresses of this host, which need not be there yet
  std::vector<std::string> subnets;    ///< "10.89.0.0/24": who may ask
  std::vector<std::string> upstreams;  ///< servers for other names; empty: those of the host
  bool internal = false;               ///< no other name is asked for

  bool operator==(const Zone&) const = default;
};
BOOST_DESCRIBE_STRUCT(Zone, (), (listen, subnets, upstreams, internal))
constexpr json::Options json_options(const Zone*) { return {.required = {"listen"}}; }

/// A container in a network.
struct Member {
  std::vector<std::string> names;      ///< its name and aliases; the first is its name for PTR
  std::vector<std::string> addresses;  ///< in this network
  std::vector<std::string> upstreams;  ///< its --dns; empty: the network's

  bool operator==(const Member&) const = default;
};
BOOST_DESCRIBE_STRUCT(Member, (), (names, addresses, upstreams))
constexpr json::Options json_options(const Member*) { return {.required = {"names", "addresses"}}; }

/// Where the files are, and what serves them.
struct Service {
  std::string folder;   ///< <run root>/dns
  std::string program;  ///< gantry-dns, started when none serves the folder; empty: leave that to others
};

/// Makes a member known, and sees to it that a server answers. Code::invalid for a name that DNS cannot have and for
/// what is no address, Code::busy when somebody else listens there; nothing is left then.
Result<> publish(const Service& service, const std::string& network, const Zone& zone, const std::string& id,
                 const Member& member);
/// Forgets a member, and the network with its last one; fine for one that is not there.
Result<> withdraw(const std::string& folder, const std::string& network, const std::string& id);
/// The same in every network: for a container whose end nobody saw.
Result<> withdraw_everywhere(const std::string& folder, const std::string& id);

inline constexpr const char* kZoneFile = "network";
/// In a network's folder, from the server: how listening went. Empty: well; else the error.
inline constexpr const char* kStateFile = ".state";
/// The lock that a server holds as long as it runs.
inline constexpr const char* kServerLock = ".server";
/// The lock of who starts a server. The folder itself is locked too: shared while a member is published, alone by
/// who removes a network and by a server that ends for want of members.
inline constexpr const char* kStartLock = ".start";

}  // namespace gantry::dns
