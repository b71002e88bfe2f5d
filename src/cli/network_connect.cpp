#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "engine/network_options.hpp"

namespace gantry::cli {

namespace {

struct NetworkConnectArguments {
  std::string ip, ip6, mac;
  std::vector<std::string> aliases;
  std::vector<std::string> words;
};

Result<int> network_connect(const Globals& globals, const NetworkConnectArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  engine::NetworkAttachment wish{.name = arguments.words[0],
                                 .ip = arguments.ip,
                                 .ip6 = arguments.ip6,
                                 .mac = arguments.mac,
                                 .aliases = arguments.aliases};
  TRY(engine.connect_network(arguments.words[1], std::move(wish)));
  return 0;
}

constexpr options::Option kConnectOptions[] = {
    options::option<&NetworkConnectArguments::aliases>(0, "alias", "NAME", "A further name for others in the network"),
    options::option<&NetworkConnectArguments::ip>(0, "ip", "ADDRESS", "Address of IPv4"),
    options::option<&NetworkConnectArguments::ip6>(0, "ip6", "ADDRESS", "Address of IPv6"),
    options::option<&NetworkConnectArguments::mac>(0, "mac-address", "ADDRESS", "MAC address"),
};
constexpr options::Group kConnectGroups[] = {options::group(kConnectOptions)};
constexpr options::Example kConnectExamples[] = {
    {"gantry network connect --alias db backend postgres", "Let those in `backend` find a container as `db`"},
};

struct NetworkDisconnectArguments {
  bool force = false;
  std::vector<std::string> words;
};

Result<int> network_disconnect(const Globals& globals, const NetworkDisconnectArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  auto done = engine.disconnect_network(arguments.words[1], arguments.words[0]);
  if (!done && done.error().code() == Code::not_found && arguments.force) return 0;
  TRY(std::move(done));
  return 0;
}

constexpr options::Option kDisconnectOptions[] = {
    options::flag<&NetworkDisconnectArguments::force>('f', "force",
                                                      "Do not complain about a container that is not on it"),
};
constexpr options::Group kDisconnectGroups[] = {options::group(kDisconnectOptions)};

}  // namespace

constinit const Command kNetworkConnect = options::command<network_connect>({
    .name = "connect",
    .summary = "Attach a container to a network",
    .synopsis = "[OPTIONS] NETWORK CONTAINER",
    .description = "Attaches a container, at once if it runs, and at all its later starts.",
    .examples = kConnectExamples,
    .groups = kConnectGroups,
    .words = options::words<&NetworkConnectArguments::words>(
        {.name = "NETWORK CONTAINER", .least = 2, .most = 2, .rest = options::Completes::containers}),
});

constinit const Command kNetworkDisconnect = options::command<network_disconnect>({
    .name = "disconnect",
    .summary = "Take a container off a network",
    .synopsis = "[OPTIONS] NETWORK CONTAINER",
    .description = "Takes a container off a network, at once if it runs, and for all its later starts. On no network "
                   "it has its loopback device only.",
    .groups = kDisconnectGroups,
    .words = options::words<&NetworkDisconnectArguments::words>(
        {.name = "NETWORK CONTAINER", .least = 2, .most = 2, .rest = options::Completes::containers}),
});

}  // namespace gantry::cli
