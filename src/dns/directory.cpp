#include "dns/directory.hpp"

#include "base/text.hpp"
#include "dns/host_name.hpp"

#include <algorithm>

namespace gantry::dns {

namespace {

using linux::IpAddress;

std::vector<IpAddress> addresses_of(const std::vector<std::string>& texts) {
  std::vector<IpAddress> addresses;
  for (const std::string& text : texts)
    if (const auto address = IpAddress::parse(text)) addresses.push_back(*address);
  return addresses;
}

bool is_below(std::string_view name, std::string_view domain) {
  return name.size() > domain.size() && name.ends_with(domain) && name[name.size() - domain.size() - 1] == '.';
}

Decision say(Rcode code, bool authoritative = false) {
  return {.answer = {.code = code, .authoritative = authoritative}};
}

}  // namespace

Result<> Directory::set_zone(const std::string& name, const Zone& zone) {
  std::vector<linux::IpNetwork> subnets;
  for (const std::string& text : zone.subnets) subnets.push_back(TRY(linux::IpNetwork::parse(text)));
  for (const std::string& text : zone.listen) TRY(IpAddress::parse(text));
  Network& network = networks_[name];
  network.subnets = std::move(subnets);
  network.listen = addresses_of(zone.listen);
  network.upstreams = addresses_of(zone.upstreams);
  network.internal = zone.internal;
  rebuild_listen();
  return {};
}

void Directory::forget(Network& network, const std::string& id) {
  const auto found = network.hosts.find(id);
  if (found == network.hosts.end()) return;
  for (const std::string& name : found->second.names) {
    std::vector<std::string>& ids = network.by_name[name];
    std::erase(ids, id);
    if (ids.empty()) network.by_name.erase(name);
  }
  for (const IpAddress& address : found->second.addresses) network.by_address.erase(address);
  network.hosts.erase(found);
}

void Directory::set_member(const std::string& name, const std::string& id, const Member& member) {
  Network& network = networks_[name];
  forget(network, id);
  Host host{
      .id = id, .names = {}, .addresses = addresses_of(member.addresses), .upstreams = addresses_of(member.upstreams)};
  for (const std::string& text : member.names) {
    std::string lower = to_lower(text);
    if (is_host_name(lower) && std::ranges::find(host.names, lower) == host.names.end())
      host.names.push_back(std::move(lower));
  }
  for (const std::string& known : host.names) network.by_name[known].push_back(id);
  for (const IpAddress& address : host.addresses) network.by_address[address] = id;
  network.hosts.emplace(id, std::move(host));
}

void Directory::remove_member(const std::string& name, const std::string& id) {
  if (const auto found = networks_.find(name); found != networks_.end()) forget(found->second, id);
}

void Directory::remove_network(const std::string& name) {
  networks_.erase(name);
  rebuild_listen();
}

bool Directory::empty() const {
  return std::ranges::all_of(networks_, [](const auto& entry) { return entry.second.hosts.empty(); });
}

void Directory::rebuild_listen() {
  listen_.clear();
  for (const auto& [name, network] : networks_)
    for (const IpAddress& address : network.listen) listen_.emplace(address, name);
}

bool Directory::may_ask(const Network& network, const IpAddress& source) const {
  // The host itself speaks from the gateway's own address.
  if (listen_.contains(source)) return true;
  return std::ranges::any_of(network.subnets, [&](const linux::IpNetwork& subnet) { return subnet.contains(source); });
}

std::vector<const Directory::Network*> Directory::visible_to(const std::string& name, const std::string& id) const {
  std::vector<const Network*> visible{&networks_.at(name)};
  if (id.empty()) return visible;
  for (const auto& [other, network] : networks_)
    if (other != name && network.hosts.contains(id)) visible.push_back(&network);
  return visible;
}

bool Directory::collect(const std::vector<const Network*>& networks, const std::string& name, std::uint16_t type,
                        Answer& answer) const {
  bool known = false;
  for (const Network* network : networks) {
    const auto ids = network->by_name.find(name);
    if (ids == network->by_name.end()) continue;
    known = true;
    for (const std::string& id : ids->second)
      for (const IpAddress& address : network->hosts.at(id).addresses)
        if (type == (address.v6 ? kTypeAaaa : kTypeA)) answer.addresses.push_back(address);
    break;  // the network that the question came from is the nearest
  }
  return known;
}

Answer Directory::reverse_answer(const std::vector<const Network*>& networks, const IpAddress& address) const {
  Answer answer{.authoritative = true};
  for (const Network* network : networks) {
    const auto id = network->by_address.find(address);
    if (id == network->by_address.end()) continue;
    const Host& host = network->hosts.at(id->second);
    if (!host.names.empty()) answer.names.push_back(host.names.front() + "." + kDomain);
    return answer;
  }
  answer.code = Rcode::name_error;
  return answer;
}

/// Nothing for a name that is not ours to answer.
std::optional<Answer> Directory::own_answer(const std::vector<const Network*>& networks, const Question& question) {
  if (const auto address = address_of_reverse(question.name)) {
    const bool ours = std::ranges::any_of(networks, [&](const Network* network) {
      return std::ranges::any_of(network->subnets, [&](const auto& subnet) { return subnet.contains(*address); });
    });
    if (!ours) return std::nullopt;
    if (question.type == kTypePtr) return reverse_answer(networks, *address);
    return Answer{.authoritative = true};
  }
  Answer answer{.authoritative = true};
  const bool in_domain = is_below(question.name, kDomain);
  const std::string name =
      in_domain ? question.name.substr(0, question.name.size() - std::string_view(kDomain).size() - 1) : question.name;
  if (collect(networks, name, question.type, answer)) {
    if (answer.addresses.size() > 1)
      std::ranges::rotate(answer.addresses,
                          answer.addresses.begin() + static_cast<std::ptrdiff_t>(turn_++ % answer.addresses.size()));
    return answer;
  }
  if (!in_domain && question.name != kDomain) return std::nullopt;
  answer.code = in_domain ? Rcode::name_error : Rcode::no_error;
  return answer;
}

Decision Directory::decide(const IpAddress& at, const IpAddress& source, const Query& query) {
  const auto listening = listen_.find(at);
  if (listening == listen_.end()) return say(Rcode::refused);
  const Network& network = networks_.at(listening->second);
  if (!may_ask(network, source)) return say(Rcode::refused);
  if (query.fault() != Rcode::no_error) return say(query.fault());
  const Question& question = query.question();
  if (question.class_ != kClassIn || question.type == kTypeAxfr || question.type == kTypeIxfr)
    return say(Rcode::refused);

  const auto asking = network.by_address.find(source);
  const std::string id = asking == network.by_address.end() ? std::string() : asking->second;
  const auto visible = visible_to(listening->second, id);
  if (auto answer = own_answer(visible, question)) return {.answer = std::move(*answer)};
  if (std::ranges::all_of(visible, [](const Network* each) { return each->internal; })) return say(Rcode::name_error);
  // A server of this host that asks us would be asked by us: its query ends here.
  if (listen_.contains(source) || !query.recursion_desired()) return say(Rcode::refused);
  Decision decision{.forward = true, .answer = {}, .upstreams = network.upstreams};
  if (!id.empty() && !network.hosts.at(id).upstreams.empty()) decision.upstreams = network.hosts.at(id).upstreams;
  return decision;
}

}  // namespace gantry::dns
