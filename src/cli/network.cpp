#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct NetworkNames {
  std::vector<std::string> names;
};

Result<int> network_exists(const Globals& globals, const NetworkNames& arguments) {
  auto engine = TRY(open_engine(globals));
  auto found = engine.find_network(arguments.names[0]);
  if (!found && found.error().code() == Code::not_found) return 1;
  TRY(std::move(found));
  return 0;
}
constinit const Command kNetworkExists = options::command<network_exists>({
    .name = "exists",
    .summary = "Tell whether a network exists",
    .synopsis = "NETWORK",
    .description = "Prints nothing. The exit status is 0 when the network exists and 1 when it does not.",
    .words = options::words<&NetworkNames::names>({.name = "NETWORK", .least = 1, .most = 1}),
});

Result<int> network_reload(const Globals& globals, const NetworkNames&) {
  auto engine = TRY(open_starting_engine(globals));
  TRY(engine.reload_networks());
  return 0;
}
constexpr options::Example kReloadExamples[] = {
    {"nft flush ruleset; gantry network reload", "Get published ports back that somebody has flushed"},
};
constinit const Command kNetworkReload = options::command<network_reload>({
    .name = "reload",
    .summary = "Make the rules and bridges of all networks anew",
    .synopsis = "",
    .description = "Makes the firewall's table `inet gantry-…` anew, in one step, from the networks and the containers "
                   "that run, and brings their bridges up. Needed after the rules of the host have been flushed; "
                   "established connections stay.",
    .examples = kReloadExamples,
    .words = options::words<&NetworkNames::names>({.name = "word", .most = 0}),
});

constexpr const Command* kCommands[] = {&kNetworkConnect, &kNetworkCreate,  &kNetworkDiagram, &kNetworkDisconnect,
                                        &kNetworkExists,  &kNetworkInspect, &kNetworkLs,      &kNetworkPrune,
                                        &kNetworkReload,  &kNetworkRm};

}  // namespace

constinit const Command kNetwork = {
    .name = "network",
    .summary = "Work with networks",
    .synopsis = "COMMAND",
    .description =
        "The commands about the networks of containers. Root's containers are on the network `gantry` unless "
        "they name another; it is made when it is first needed.",
    .commands = kCommands,
};

}  // namespace gantry::cli
