#include "dns/server.hpp"

#include "base/clock.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "dns/resolv_conf.hpp"

#include <sys/epoll.h>

#include <algorithm>

namespace gantry::dns {

namespace {

constexpr std::int64_t kServersAge = kSecond;  // how old what was read of resolv.conf may be
constexpr std::int64_t kIdle = 10 * kSecond;   // of a server without members, until it ends
constexpr std::int64_t kHousekeeping = kSecond;
constexpr int kHousekeepingMs = 1000;
constexpr std::size_t kMostConnections = 256;
constexpr std::ptrdiff_t kMostConnectionsOfAClient = 32;

}  // namespace

/// Of the files: the queries look for themselves; this one is for networks that come and go.
class Server::Changes final : public Watched {
 public:
  explicit Changes(Server& server) : server_(server) {}
  void ready(std::uint32_t) override { server_.refresh(); }

 private:
  Server& server_;
};

Server::Server(const ServerSettings& settings, Files files, Poller poller)
    : settings_(settings),
      files_(std::move(files)),
      poller_(std::move(poller)),
      forwarder_(poller_),
      datagrams_(std::make_unique<Datagrams>()) {}

Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::make(const ServerSettings& settings) {
  Files files = TRY(Files::open(settings.folder));
  Poller poller = TRY(Poller::make());
  std::unique_ptr<Server> server(new Server(settings, std::move(files), std::move(poller)));
  server->changes_ = std::make_unique<Changes>(*server);
  TRY(server->poller_.watch(server->files_.fd(), EPOLLIN, *server->changes_));
  server->refresh();
  return server;
}

void Server::refresh() {
  files_.refresh(directory_);
  listen_where_due();
}

void Server::listen_where_due() {
  for (auto it = listeners_.begin(); it != listeners_.end();) {
    if (directory_.listen().contains(it->first)) {
      ++it;
      continue;
    }
    it = listeners_.erase(it);
  }
  for (const std::string& network : files_.take_changed()) {
    std::string problem;
    for (const auto& [address, owner] : directory_.listen()) {
      if (owner != network || listeners_.contains(address)) continue;
      auto listener = Listener::make(poller_, *this, address, settings_.port);
      if (listener) listeners_.emplace(address, std::move(*listener));
      else problem = listener.error().message();
    }
    tell(network, problem);
  }
}

/// To whoever has made the network and waits for it.
void Server::tell(const std::string& network, const std::string& problem) {
  if (!problem.empty()) log::error("{}", problem);
  const auto told =
      replace_file(fmt::format("{}/{}/{}", settings_.folder, network, kStateFile), problem, 0644, Sync::no);
  if (!told) log::warning("{}", told.error().message());
}

std::vector<linux::IpAddress> Server::usable(std::vector<linux::IpAddress> upstreams) {
  const std::int64_t time = monotonic();
  if (host_servers_read_ == 0 || time - host_servers_read_ > kServersAge) {
    host_servers_read_ = time;
    host_servers_.clear();
    for (const std::string& server : host_resolv_conf(false).servers)
      if (const auto address = linux::IpAddress::parse(server)) host_servers_.push_back(*address);
  }
  if (upstreams.empty()) upstreams = host_servers_;
  // Never ourselves.
  std::erase_if(upstreams, [&](const linux::IpAddress& address) { return directory_.listen().contains(address); });
  return upstreams;
}

void Server::answer(const linux::IpAddress& at, const linux::IpAddress& source, Wire wire, bool by_tcp,
                    const Send& send) {
  auto query = Query::parse(wire);
  if (!query) return;
  const std::size_t limit = by_tcp ? kMaxMessage : query->limit();
  Decision decision = directory_.decide(at, source, *query);
  if (!decision.forward) return send(query->answer(decision.answer, limit));
  auto servers = usable(std::move(decision.upstreams));
  if (servers.empty()) return send(query->answer({.code = Rcode::server_failure}, limit));
  const auto shared = std::make_shared<Query>(std::move(*query));
  auto done = [shared, limit, send](std::string answer) {
    if (answer.empty()) answer = shared->answer({.code = Rcode::server_failure}, limit);
    send(answer.size() <= limit ? std::move(answer) : shared->truncated());
  };
  if (!forwarder_.ask(wire, shared->question(), std::move(servers), by_tcp, source, done))
    send(shared->answer({.code = Rcode::server_failure}, limit));
}

void Server::adopt(std::unique_ptr<Connection> connection) {
  const linux::IpAddress source = connection->source();
  const auto of_source =
      std::ranges::count_if(connections_, [&](const auto& entry) { return entry.second->source() == source; });
  if (connections_.size() >= kMostConnections || of_source >= kMostConnectionsOfAClient) return;
  const std::uint64_t key = ++last_connection_;
  Connection& kept = *connections_.emplace(key, std::move(connection)).first->second;
  if (!kept.start(key)) end(key);
}

Connection* Server::connection(std::uint64_t key) {
  const auto found = connections_.find(key);
  return found == connections_.end() ? nullptr : found->second.get();
}

void Server::end(std::uint64_t key) {
  auto node = connections_.extract(key);
  if (node) poller_.drop(std::move(node.mapped()));
}

Listener* Server::listener(const linux::IpAddress& address) {
  const auto found = listeners_.find(address);
  return found == listeners_.end() ? nullptr : found->second.get();
}

void Server::drop_idle_connections() {
  const std::int64_t time = monotonic();
  std::vector<std::uint64_t> idle;
  for (const auto& [key, connection] : connections_)
    if (connection->deadline() < time) idle.push_back(key);
  for (const std::uint64_t key : idle) end(key);
}

/// With the folder's lock taken alone, so that nobody publishes in between; it goes with the process.
bool Server::may_end() {
  auto alone = Lock::try_take(settings_.folder, Lock::Mode::exclusive);
  if (!alone) return false;
  refresh();
  if (!directory_.empty()) return false;
  end_.emplace(std::move(*alone));
  return true;
}

Result<> Server::run() {
  std::int64_t idle_since = monotonic();
  std::int64_t swept = idle_since;
  for (;;) {
    const int forward_wait = forwarder_.expire();
    TRY(poller_.turn(forward_wait < 0 ? kHousekeepingMs : std::min(forward_wait, kHousekeepingMs)));
    const std::int64_t time = monotonic();
    if (time - swept < kHousekeeping) continue;
    swept = time;
    drop_idle_connections();
    // With the network namespace that it is for, where an ordinary user's bridges were.
    if (!path_exists(settings_.folder)) return {};
    if (!directory_.empty()) idle_since = time;
    else if (time - idle_since > kIdle && may_end()) return {};
  }
}

}  // namespace gantry::dns
