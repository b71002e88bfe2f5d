#include "cli/create_network_options.hpp"

#include "engine/network_options.hpp"
#include "engine/user_network.hpp"

#include <unistd.h>

#include <cstdlib>

namespace gantry::cli {

namespace {

std::string default_network() {
  const char* variable = std::getenv("GANTRY_NETWORK");
  if (variable != nullptr && *variable != '\0') return variable;
  return geteuid() == 0 ? "bridge" : engine::default_user_network();
}

Result<> set_networks(engine::NetworkConfig& config, const CreateNetworkOptions& options) {
  config.network.clear();
  for (const auto& word : options.networks) TRY(with_context(engine::add_network(config, word), "option --network"));
  if (options.networks.empty()) TRY(engine::add_network(config, default_network()));
  return {};
}

/// The options that are about one network, as docker has them.
Result<> set_wishes(engine::NetworkConfig& config, const CreateNetworkOptions& options) {
  const bool wishes = !options.ip.empty() || !options.ip6.empty() || !options.mac.empty() || !options.aliases.empty();
  if (!wishes) return {};
  if (config.networks.empty())
    return fail(Code::invalid, "--ip, --ip6, --mac-address and --network-alias need a network of bridges")
        .with_cure("give one with --network");
  if (config.networks.size() > 1 && (!options.ip.empty() || !options.ip6.empty() || !options.mac.empty()))
    return fail(Code::invalid, "--ip, --ip6 and --mac-address are for one network, and there are several")
        .with_cure("write --network NAME:ip=...,mac=... instead");
  std::string words;
  auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) words += fmt::format("{}{}={}", words.empty() ? ":" : ",", key, value);
  };
  add("ip", options.ip);
  add("ip6", options.ip6);
  add("mac", options.mac);
  engine::NetworkConfig read;
  read.network.clear();
  TRY(engine::add_network(read, config.networks[0].name + words));
  engine::NetworkAttachment& first = config.networks[0];
  if (!options.ip.empty()) first.ip = read.networks[0].ip;
  if (!options.ip6.empty()) first.ip6 = read.networks[0].ip6;
  if (!options.mac.empty()) first.mac = read.networks[0].mac;
  for (auto& network : config.networks)
    network.aliases.insert(network.aliases.end(), options.aliases.begin(), options.aliases.end());
  return {};
}

}  // namespace

Result<> set_network(engine::ContainerConfig& config, const CreateNetworkOptions& options) {
  TRY(set_networks(config, options));
  TRY(set_wishes(config, options));
  for (const auto& word : options.ports)
    config.ports.push_back(TRY(with_context(engine::parse_publish(word), "option --publish")));
  for (const auto& word : options.exposed) {
    TRY(with_context(engine::parse_exposed(word), "option --expose"));
    config.expose.push_back(word);
  }
  config.publish_all = options.publish_all;
  return {};
}

}  // namespace gantry::cli
