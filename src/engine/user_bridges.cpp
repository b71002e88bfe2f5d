#include "engine/user_bridges.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/network_names.hpp"
#include "engine/user_network.hpp"
#include "net/attach.hpp"
#include "net/host_network.hpp"
#include "net/port_path.hpp"
#include "net/route.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>

namespace gantry::engine {

namespace {

bool is_same_namespace(const std::string& one, const std::string& other) {
  struct stat first, second;
  return stat(one.c_str(), &first) == 0 && stat(other.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

/// The number at the end of the host's device: that of the attachment.
unsigned index_of(const net::Attachment& attachment) {
  return static_cast<unsigned>(parse_unsigned(cut_last(attachment.host_interface, '-').after).value_or(0));
}

/// Of a container's published ports, in the shared space.
std::string port_device(const std::string& id) { return net::kPortDevice + id.substr(0, 8); }

/// What is gone of a container's devices, in the shared space.
Result<> attach_again(const Engine::State& state, const net::Connections& connections, const Fd& space) {
  const auto socket = TRY(linux::NetlinkSocket::open(NETLINK_ROUTE));
  for (const net::Attachment& attachment : connections.attachments) {
    const net::Network network = TRY(state.networks().find(attachment.network));
    TRY(net::bring_up(network, state.firewall()));
    if (TRY(net::find_link(socket, attachment.host_interface))) continue;
    // The other end may be where the bridges were, as long as somebody is there still.
    TRY(net::detach(attachment, space));
    TRY(net::attach(network, attachment, space, index_of(attachment)));
  }
  return {};
}

}  // namespace

Result<> check_user_bridges(const ContainerConfig& config) {
  const bool own_maps = !config.uid_map.empty() || !config.gid_map.empty();
  if (own_maps || (!config.userns.empty() && config.userns != "host"))
    return fail(Code::unsupported, "an ordinary user's containers on bridges share one user namespace")
        .with_cure("drop --userns, --uidmap and --gidmap, or use --network pasta");
  if (config.ports.empty() && !config.publish_all) return {};
  if (default_user_network() != kPasta)
    return fail(Code::unsupported, "an ordinary user publishes ports from bridges by pasta, which cannot run here")
        .with_cure("install the package passt, look whether /dev/net/tun may be opened, or drop -p");
  for (const PortMapping& port : config.ports) {
    if (port.protocol == "sctp")
      return fail(Code::unsupported, "an ordinary user cannot publish port {} of sctp", port.container_port)
          .with_cure("tcp and udp alone");
    if (port.host_ip.contains(':'))
      return fail(Code::unsupported, "an ordinary user's bridges have no ports on {}", port.host_ip)
          .with_cure("publish on an address of IPv4, or use --network pasta");
  }
  return {};
}

Result<> check_is_bridge(const net::Network& network) {
  if (network.driver == net::Driver::bridge) return {};
  return fail(Code::unsupported, "network '{}' is on a device of the host, which takes root", network.name)
      .with_cure("use a network of bridges");
}

Result<> join_user_namespace(const SharedSpace& space, NamespaceUse& user) {
  const std::string path = fmt::format("/proc/{}/ns/user", TRY(space.holder()));
  if (!user.path.empty() && !is_same_namespace(user.path, path))
    return fail(Code::unsupported, "the container whose namespaces it joins is not on a network of bridges itself")
        .with_cure("start that one with --network too, or give both --network pasta");
  user = {.own = false, .path = path};
  return {};
}

Result<Fd> make_network_space(const SharedSpace& space) {
  const SocketPair pair = TRY(make_socket_pair(SOCK_STREAM));
  TRY(space.run([&]() -> Result<std::string> {
    if (unshare(CLONE_NEWNET) < 0) return Error::system("make a network namespace");
    TRY(send_fd(pair.theirs, TRY(open_file("/proc/self/ns/net", O_RDONLY))));
    return std::string();
  }));
  return receive_fd(pair.ours);
}

Result<> bring_ports(const Engine::State& state, const std::string& id, const net::Connections& connections) {
  if (connections.ports.empty()) return {};
  const std::string device = port_device(id);
  // The rules of the shared space lead on from the host's number.
  NetworkConfig config{
      .network = kPasta,
      .network_options = {"-4", "-I", device, "-a", net::kPortAddress, "-n", "32", "-g", "169.254.77.1"}};
  for (const net::PublishedPort& port : connections.ports)
    config.ports.push_back({.host_ip = port.host_ip ? port.host_ip->text() : std::string(),
                            .host_port = port.host_port,
                            .container_port = port.host_port,
                            .count = port.count,
                            .protocol = port.protocol});
  TRY(start_user_network(config, TRY(state.shared_space().holder()), state.run_folder(id).path()));
  return state.at_bridges([&] { return net::add_port_path(device); });
}

Result<> take_ports(const Engine::State& state, const std::string& id) {
  if (state.has_bridges()) TRY(state.at_bridges([&] { return net::remove_port_path(port_device(id)); }));
  return stop_user_network(state.run_folder(id).path());
}

net::Connections rules_of(net::Connections connections) {
  if (bridges_are_shared())
    for (net::PublishedPort& port : connections.ports) port.host_ip.reset();
  return connections;
}

SharedSpace::Members Engine::State::space_members() const {
  return {.lives = [this](const std::string& id) { return lives(id); },
          .pid_of = [this](const std::string& id) -> std::optional<pid_t> {
            const Observation seen = look(id);
            if (!seen.alive || !seen.start) return {};
            return seen.start->init.pid;
          }};
}

Result<> Engine::State::at_bridges(const std::function<Result<>()>& work) const {
  if (!bridges_are_shared()) return work();
  TRY(shared_space().run([&]() -> Result<std::string> {
    TRY(work());
    return std::string();
  }));
  return {};
}

Result<bool> Engine::State::restore_shared_space() {
  if (!bridges_are_shared() || !TRY(shared_space().restore(space_members()))) return false;
  for (const auto& [id, connections] : TRY(all_connections())) {
    const auto pid = space_members().pid_of(id);
    const auto record = TRY(TRY(records())->get(id));
    if (!pid || !record || record->config.network != "bridge") continue;
    const Fd space = TRY(open_file(fmt::format("/proc/{}/ns/net", *pid), O_RDONLY));
    TRY(with_context(at_bridges([&]() -> Result<> {
                       TRY(attach_again(*this, connections, space));
                       for (const net::Attachment& attachment : connections.attachments)
                         TRY(publish_names(settings, *record, TRY(networks().find(attachment.network)), attachment));
                       return {};
                     }),
                     "container '{}'", record->name));
    TRY(take_ports(*this, id));
    TRY(bring_ports(*this, id, connections));
  }
  return true;
}

}  // namespace gantry::engine
