#include "base/file.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "dns/zone.hpp"
#include "engine/graft_network.hpp"
#include "engine/network_names.hpp"
#include "engine/networking.hpp"
#include "engine/user_bridges.hpp"
#include "engine/user_network.hpp"
#include "linux/idmap.hpp"
#include "net/host_network.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

// What containers have of networks, as long as their run folder is there.

namespace gantry::engine {

namespace {

bool overlap(const net::PublishedPort& one, const net::PublishedPort& other) {
  return one.protocol == other.protocol && one.host_port < other.host_port + other.count &&
         other.host_port < one.host_port + one.count;
}

bool overlap(const net::Connections& one, const net::Connections& other) {
  return std::ranges::any_of(one.ports, [&](const auto& port) {
    return std::ranges::any_of(other.ports, [&](const auto& second) { return overlap(port, second); });
  });
}

/// Keeps a container that has ended from being started.
struct Ended {
  std::optional<Lock> lock;  ///< none when all of it is gone
};

/// Nothing when it lives. Who starts or stops at this moment is left alone: waiting for each other, two starts would
/// never end.
std::optional<Ended> find_ended(const Engine::State& state, const std::string& id) {
  auto lock = Lock::try_take(state.folder(id) + "/work", Lock::Mode::exclusive);
  if (!lock && lock.error().code() != Code::not_found) return {};
  if (state.look(id).alive) return {};
  std::optional<Ended> ended(std::in_place);
  if (lock) ended->lock = std::move(*lock);
  return ended;
}

}  // namespace

Result<std::optional<net::Connections>> Engine::State::connections(const std::string& id) const {
  const std::string path = run_folder(id).file(kConnectionsFile);
  auto text = read_file(path);
  if (!text && text.error().code() == Code::not_found) return std::optional<net::Connections>();
  return TRY(json::decode<net::Connections>(TRY(std::move(text)), path));
}

Result<std::vector<std::pair<std::string, net::Connections>>> Engine::State::all_connections() const {
  std::vector<std::pair<std::string, net::Connections>> all;
  auto ids = list_folder(settings.run_root + "/containers");
  if (!ids) return all;
  for (const std::string& id : *ids)
    if (auto connections = TRY(this->connections(id))) all.emplace_back(id, std::move(*connections));
  return all;
}

Result<> Engine::State::write_connections(const std::string& id, const net::Connections& connections) const {
  return replace_file(run_folder(id).file(kConnectionsFile), json::encode(connections), 0600, Sync::no);
}

std::string Engine::State::holder_of(std::uint16_t port, std::string_view protocol) {
  const net::Connections wanted{.ports = {{.host_port = port, .protocol = std::string(protocol)}}};
  auto all = all_connections();
  if (!all) return {};
  for (const auto& [id, connections] : *all) {
    if (!overlap(wanted, connections)) continue;
    auto record = records() ? opened_records->get(id) : Result<std::optional<Record>>(std::nullopt);
    if (record && *record) return fmt::format("container '{}'", (*record)->name);
  }
  return {};
}

Result<> Engine::State::check_networks(const ContainerConfig& config) const {
  if (config.network != "bridge") return {};
  if (geteuid() == 0 && !linux::in_initial_user_namespace())
    return fail(Code::denied, "networks of bridges take the machine's own root, or an ordinary user")
        .with_cure("use --network none, host or pasta");
  if (bridges_are_shared()) TRY(check_user_bridges(config));
  for (const NetworkAttachment& wish : config.networks) {
    auto found = networks().find(wish.name);
    const bool unknown = !found && found.error().code() == Code::not_found;
    if (unknown && TRY(find_cni_network(wish.name))) {
      if (!bridges_are_shared()) continue;
      return fail(Code::denied, "network '{}' is one of CNI, whose plugins take root", wish.name)
          .with_cure("make one of ours: gantry network create");
    }
    const net::Network network = TRY(std::move(found));
    if (bridges_are_shared()) TRY(check_is_bridge(network));
  }
  return {};
}

Result<> Engine::State::release_networks(const Record& record) {
  if (record.config.network == kGraft) return stop_graft(run_folder(record.id).path());
  if (is_user_network(record.config.network)) return stop_user_network(run_folder(record.id).path());
  // One that was disconnected from its last network is still in the shared space.
  if (record.config.network == "bridge") TRY(release_bridges(record));
  return bridges_are_shared() ? shared_space().leave(record.id, space_members()) : Result<>();
}

Result<> Engine::State::release_bridges(const Record& record) {
  TRY(dns::withdraw_everywhere(names_folder(settings), record.id));
  TRY(bridges_are_shared() ? take_ports(*this, record.id) : leave_cni_networks(settings.run_root, record.id));
  auto connections = this->connections(record.id);
  // Torn, or never written: its starter died between taking addresses and noting them.
  if (!connections || !*connections) return leases().give_back_all(record.id);
  if (has_bridges()) TRY(at_bridges([&] { return firewall().remove_container(rules_of(**connections)); }));
  for (const net::Attachment& attachment : (*connections)->attachments)
    for (const net::AttachedAddress& one : attachment.addresses)
      TRY(leases().give_back(attachment.network, one.address.address, record.id));
  return remove_file(run_folder(record.id).file(kConnectionsFile));
}

Result<> Engine::State::release_dead(const std::string& network) {
  std::set<std::string> owners;
  for (const auto& lease : TRY(leases().list(network))) owners.insert(lease.owner);
  for (const std::string& id : owners) {
    const auto ended = find_ended(*this, id);
    if (!ended) continue;
    log::info("taking back the addresses of container {}, which has ended", id);
    if (auto record = TRY(TRY(records())->get(id))) TRY(release_networks(*record));
    else TRY(leases().give_back_all(id));
  }
  return {};
}

bool Engine::State::lives(const std::string& id) const { return !find_ended(*this, id); }

Result<> Engine::State::release_stale_rules(const net::Connections& wanted) {
  for (const auto& [id, connections] : TRY(all_connections()))
    if (overlap(wanted, connections) && connections != wanted && !lives(id))
      TRY(firewall().remove_container(rules_of(connections)));
  return {};
}

Result<> Engine::State::reload_networks() {
  std::vector<net::Network> up;
  for (net::Network& network : TRY(networks().list()))
    if (TRY(net::is_up(network))) up.push_back(std::move(network));
  std::vector<net::Connections> running;
  for (auto& [id, connections] : TRY(all_connections()))
    if (lives(id)) running.push_back(rules_of(std::move(connections)));
  return firewall().reload(up, running);
}

}  // namespace gantry::engine
