#include "net/networks.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "net/route.hpp"

#include <algorithm>

namespace gantry::net {

namespace {

constexpr std::string_view kSuffix = ".json";

bool is_default(std::string_view name) { return name == "bridge" || name == "default" || name == kDefaultNetwork; }

Error unknown(std::string_view name) {
  return fail(Code::not_found, "there is no network '{}'", name)
      .with_cure("`gantry network ls` lists them, `gantry network create` makes one");
}

}  // namespace

Result<Network> Networks::read(std::string_view name) const {
  const std::string path = path_of(name);
  auto text = read_file(path);
  if (!text && text.error().code() == Code::not_found) return unknown(name);
  auto network = TRY(json::decode<Network>(TRY(std::move(text)), path));
  if (network.name != name) return fail(Code::corrupt, "{} is about another network, '{}'", path, network.name);
  TRY(settings_of(network));
  return network;
}

Result<std::vector<Network>> Networks::list() const {
  std::vector<Network> networks;
  if (!path_exists(folder_)) return networks;
  for (const std::string& file : TRY(list_folder(folder_))) {
    if (!file.ends_with(kSuffix) || file.starts_with('.')) continue;
    auto network = read(std::string_view(file).substr(0, file.size() - kSuffix.size()));
    // One that is removed at this moment.
    if (!network && network.error().code() == Code::not_found) continue;
    networks.push_back(TRY(std::move(network)));
  }
  std::ranges::sort(networks, {}, &Network::name);
  return networks;
}

Result<Network> Networks::find(std::string_view name) const {
  if (is_default(name)) return default_network();
  if (check_network_name(name)) {
    auto network = read(name);
    if (network || network.error().code() != Code::not_found) return network;
  }
  std::optional<Network> found;
  for (Network& network : TRY(list())) {
    if (name.empty() || !network.id.starts_with(name)) continue;
    if (found) return fail(Code::invalid, "'{}' is the beginning of several networks' ids", name);
    found = std::move(network);
  }
  if (!found) return unknown(name);
  return std::move(*found);
}

Result<Network> Networks::default_network() const {
  auto network = read(kDefaultNetwork);
  if (network || network.error().code() != Code::not_found) return network;
  auto made = create({.name = kDefaultNetwork});
  // Somebody else was first.
  if (!made && made.error().code() == Code::exists) return read(kDefaultNetwork);
  return made;
}

Result<Network> Networks::create(Network wish) const {
  TRY(make_folders(folder_));
  const Lock lock = TRY(Lock::take(folder_, Lock::Mode::exclusive));
  return create_locked(std::move(wish));
}

Result<Network> Networks::create_locked(Network wish) const {
  Taken taken;
  taken.networks = TRY(list());
  taken.host_routes = TRY(host_routes());
  taken.host_interfaces = TRY(host_interfaces());
  const Network network = TRY(complete_network(std::move(wish), taken));
  TRY(replace_file(path_of(network.name), json::encode_pretty(network)));
  return network;
}

Result<> Networks::remove(const Network& network) const {
  const Lock lock = TRY(Lock::take(folder_, Lock::Mode::exclusive));
  return remove_file(path_of(network.name));
}

}  // namespace gantry::net
