#include "build/step_network.hpp"

#include "base/file.hpp"
#include "dns/zone.hpp"
#include "engine/network_names.hpp"
#include "engine/networking.hpp"
#include "engine/run_folder.hpp"
#include "engine/user_network.hpp"
#include "net/attach.hpp"
#include "net/host_network.hpp"
#include "net/networks.hpp"

#include <fcntl.h>

namespace gantry::build {

namespace {

net::Leases leases(const engine::Settings& settings) { return net::Leases(settings.run_root + "/networks"); }

/// The one of the engine's containers.
net::Firewall firewall(const engine::Settings& settings) {
  return engine::Engine::State{.settings = settings, .opened_records = {}, .opened_store = {}}.firewall();
}

engine::RunFolder run_folder(const engine::Settings& settings, const engine::Record& record) {
  return {settings.run_root, record.id};
}

}  // namespace

StepNetwork::StepNetwork(const engine::Settings& settings, const engine::ContainerConfig& config, const std::string& id)
    : settings_(settings) {
  record_.id = id;
  record_.name = id;
  record_.config = config;
}

Result<StepNetwork> StepNetwork::prepare(const engine::Settings& settings, const engine::ContainerConfig& config,
                                         const std::string& id) {
  StepNetwork network(settings, config, id);
  if (engine::is_user_network(config.network)) {
    TRY(engine::check_user_network(config));
    TRY(run_folder(settings, network.record_).make());
  }
  if (!network.is_bridge()) return network;
  auto taken = network.take_addresses();
  if (!taken) {
    best_effort(leases(settings).give_back_all(id));
    return std::move(taken.error());
  }
  return network;
}

Result<> StepNetwork::take_addresses() {
  auto wishes = record_.config.networks;
  if (wishes.empty()) wishes.push_back({.name = net::kDefaultNetwork});
  const net::Networks known(settings_.root + "/networks");
  for (const auto& wish : wishes) {
    networks_.push_back(TRY(known.find(wish.name)));
    TRY(net::bring_up(networks_.back(), firewall(settings_)));
    const auto index = static_cast<unsigned>(attachments_.size());
    const auto wanted = TRY(engine::wish_of(wish));
    attachments_.push_back(TRY(net::plan_attachment(networks_.back(), wanted, leases(settings_), record_.id, index)));
  }
  return {};
}

engine::NetworkFacts StepNetwork::facts() const {
  if (engine::is_user_network(record_.config.network)) return engine::user_network_facts(record_.config);
  return engine::bridge_facts(networks_, attachments_);
}

Result<> StepNetwork::connect(pid_t pid) const {
  if (engine::is_user_network(record_.config.network))
    return engine::start_user_network(record_.config, pid, run_folder(settings_, record_).path());
  if (attachments_.empty()) return {};
  const Fd space = TRY(open_file(fmt::format("/proc/{}/ns/net", pid), O_RDONLY));
  for (std::size_t i = 0; i < networks_.size(); ++i)
    TRY(net::attach(networks_[i], attachments_[i], space, static_cast<unsigned>(i)));
  for (std::size_t i = 0; i < networks_.size(); ++i)
    TRY(engine::publish_names(settings_, record_, networks_[i], attachments_[i]));
  return firewall(settings_).add_container({.attachments = attachments_, .ports = {}});
}

Result<> StepNetwork::release() const {
  if (engine::is_user_network(record_.config.network)) {
    TRY(engine::stop_user_network(run_folder(settings_, record_).path()));
    return run_folder(settings_, record_).remove();
  }
  if (!is_bridge()) return {};
  TRY(dns::withdraw_everywhere(engine::names_folder(settings_), record_.id));
  TRY(firewall(settings_).remove_container({.attachments = attachments_, .ports = {}}));
  return leases(settings_).give_back_all(record_.id);
}

}  // namespace gantry::build
