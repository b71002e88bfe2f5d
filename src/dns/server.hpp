#pragma once

#include "base/file.hpp"
#include "dns/directory.hpp"
#include "dns/files.hpp"
#include "dns/forward.hpp"
#include "dns/listener.hpp"
#include "dns/poller.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace gantry::dns {

struct ServerSettings {
  std::string folder;       ///< of zone.hpp
  std::uint16_t port = 53;  ///< to listen on
};

/// The server of names for all networks of a folder, in one thread.
class Server {
 public:
  /// Listens already for the networks that are there.
  static Result<std::unique_ptr<Server>> make(const ServerSettings& settings);
  ~Server();

  /// Serves until no network has had a member for a while.
  Result<> run();

  // For its listeners and connections:

  /// Gets the answer, at once or later; never when none is due.
  using Send = std::function<void(std::string answer)>;
  void answer(const linux::IpAddress& at, const linux::IpAddress& source, Wire wire, bool by_tcp, const Send& send);
  /// Takes in what has changed in the files.
  void refresh();
  Datagrams& datagrams() { return *datagrams_; }
  void adopt(std::unique_ptr<Connection> connection);
  void end(std::uint64_t connection);
  /// Null when they are gone.
  Listener* listener(const linux::IpAddress& address);
  Connection* connection(std::uint64_t key);

 private:
  class Changes;
  Server(const ServerSettings& settings, Files files, Poller poller);
  void listen_where_due();
  void tell(const std::string& network, const std::string& problem);
  std::vector<linux::IpAddress> usable(std::vector<linux::IpAddress> upstreams);
  void drop_idle_connections();
  bool may_end();

  ServerSettings settings_;
  Files files_;
  Poller poller_;
  Directory directory_;
  Forwarder forwarder_;
  std::unique_ptr<Datagrams> datagrams_;
  std::unique_ptr<Changes> changes_;
  std::map<linux::IpAddress, std::unique_ptr<Listener>> listeners_;
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::uint64_t last_connection_ = 0;
  std::vector<linux::IpAddress> host_servers_;
  std::int64_t host_servers_read_ = 0;
  std::optional<Lock> end_;  ///< nobody publishes any more
};

}  // namespace gantry::dns
