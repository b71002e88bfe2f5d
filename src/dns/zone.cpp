#include "dns/zone.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/subprocess.hpp"
#include "dns/host_name.hpp"
#include "linux/ip_address.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>

namespace gantry::dns {

namespace {

/// How long a server may take to listen for a new network.
constexpr int kServerPatience = 3000;  // milliseconds
constexpr int kPause = 2;

Result<> check_file_name(const std::string& name, std::string_view what) {
  if (!name.empty() && name != kZoneFile && !name.starts_with('.') && !name.contains('/') && !name.contains(".tmp-"))
    return {};
  return fail(Code::invalid, "'{}' cannot be the name of a {}", name, what);
}

Result<> check(const Zone& zone, const Member& member) {
  for (const auto* list : {&zone.listen, &zone.upstreams, &member.addresses, &member.upstreams})
    for (const std::string& address : *list) TRY(linux::IpAddress::parse(address));
  for (const std::string& subnet : zone.subnets) TRY(linux::IpNetwork::parse(subnet));
  for (const std::string& name : member.names)
    if (!is_host_name(name))
      return fail(Code::invalid, "'{}' cannot be a container's name on a network", name)
          .with_cure("letters, figures, '-', '_' and single dots, 63 between two dots and 253 in all");
  return {};
}

Result<> touch(const std::string& path) {
  TRY(open_file(path, O_RDONLY | O_CREAT, 0600));
  return {};
}

Result<> ensure_server(const Service& service) {
  const std::string start = service.folder + "/" + kStartLock;
  const std::string server = service.folder + "/" + kServerLock;
  TRY(touch(start));
  TRY(touch(server));
  const Lock one_at_a_time = TRY(Lock::take(start, Lock::Mode::exclusive));
  {
    const auto free = Lock::try_take(server, Lock::Mode::exclusive);
    if (!free && free.error().code() == Code::busy) return {};
    if (!free) return free.error();
  }
  TRY(with_context(command_output({.argv = {service.program, service.folder}}), "start the server of names"));
  return {};
}

/// The server's word on a network; it comes once, and stays.
Result<> wait_until_served(const std::string& folder) {
  for (int waited = 0;; waited += kPause) {
    const auto state = read_file(folder + "/" + kStateFile);
    if (state && state->empty()) return {};
    if (state) return fail(Code::busy, "{}", *state);
    if (state.error().code() != Code::not_found) return state.error();
    if (waited >= kServerPatience) return fail(Code::failed, "the server of names does not answer");
    poll(nullptr, 0, kPause);
  }
}

bool is_member_file(const std::string& name) {
  return name != kZoneFile && !name.starts_with('.') && !name.contains(".tmp-");
}

/// The network's folder, when no member is left. Its name goes first, so that nobody sees it half removed.
Result<> remove_if_empty(const std::string& folder, const std::string& network) {
  const auto alone = TRY(Lock::take(folder, Lock::Mode::exclusive));
  const auto names = list_folder(folder + "/" + network);
  if (!names || std::ranges::any_of(*names, is_member_file)) return {};
  return remove_tree(folder + "/" + network);
}

Result<> write_files(const std::string& folder, const Zone& zone, const std::string& id, const Member& member) {
  TRY(make_folders(folder, 0755));
  const std::string text = json::encode(zone);
  const auto before = read_file(folder + "/" + kZoneFile);
  if (!before || *before != text) TRY(replace_file(folder + "/" + kZoneFile, text, 0644, Sync::no));
  return replace_file(folder + "/" + id, json::encode(member), 0644, Sync::no);
}

}  // namespace

Result<> publish(const Service& service, const std::string& network, const Zone& zone, const std::string& id,
                 const Member& member) {
  TRY(check_file_name(network, "network"));
  TRY(check_file_name(id, "container"));
  TRY(check(zone, member));
  TRY(make_folders(service.folder, 0755));
  const std::string folder = service.folder + "/" + network;
  auto served = [&]() -> Result<> {
    const auto not_removed = TRY(Lock::take(service.folder, Lock::Mode::shared));
    TRY(write_files(folder, zone, id, member));
    if (service.program.empty()) return {};
    TRY(ensure_server(service));
    return wait_until_served(folder);
  }();
  if (!served) best_effort(withdraw(service.folder, network, id));
  return served;
}

Result<> withdraw(const std::string& folder, const std::string& network, const std::string& id) {
  TRY(check_file_name(network, "network"));
  TRY(check_file_name(id, "container"));
  const std::string path = folder + "/" + network;
  if (!path_exists(path)) return {};
  TRY(remove_file(path + "/" + id));
  const auto names = list_folder(path);
  if (!names || std::ranges::any_of(*names, is_member_file)) return {};
  return remove_if_empty(folder, network);
}

Result<> withdraw_everywhere(const std::string& folder, const std::string& id) {
  const auto networks = list_folder(folder);
  if (!networks) return {};
  for (const std::string& network : *networks)
    if (!network.starts_with('.') && path_exists(folder + "/" + network + "/" + id)) TRY(withdraw(folder, network, id));
  return {};
}

}  // namespace gantry::dns
