#include "cli/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/context.hpp"
#include "cli/filters.hpp"
#include "cli/moment.hpp"
#include "engine/cni_networks.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct NetworkRmArguments {
  bool force = false;
  std::vector<std::string> names;
};

Result<int> network_rm(const Globals& globals, const NetworkRmArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  return for_each_name(
      arguments.names,
      [&](const std::string& name) -> Result<> {
        auto removed = engine.remove_network(name, arguments.force);
        if (!removed && removed.error().code() == Code::not_found && TRY(engine::find_cni_network(name))) {
          TRY(engine::remove_cni_network(engine, name, arguments.force));
          return options::print(name + "\n");
        }
        if (!removed && removed.error().code() == Code::not_found && arguments.force) return {};
        return options::print(TRY(std::move(removed)) + "\n");
      },
      &removal_status);
}

constexpr options::Option kOptions[] = {
    options::flag<&NetworkRmArguments::force>('f', "force", "Remove its containers too, and ignore missing ones"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};

struct NetworkPruneArguments {
  bool force = false;
  bool cni = false;
  std::vector<std::string> filters;
};

Result<bool> is_chosen(const net::Network& network, const Filters& filters, Timestamp now) {
  for (const auto& [key, value] : filters) {
    if (key == "label" || key == "label!") {
      if (has_label(network.labels, value) != (key == "label")) return false;
    } else if (key == "until") {
      if (TRY(parse_rfc3339(network.created)) >= TRY(with_context(read_moment(value, now), "option --filter")))
        return false;
    } else {
      return fail(Code::invalid, "option --filter: networks are not pruned by '{}'", key)
          .with_cure("filter by until, label or label!");
    }
  }
  return true;
}

Result<int> network_prune(const Globals& globals, const NetworkPruneArguments& arguments) {
  const Filters filters = TRY(read_filters(arguments.filters));
  if (!arguments.force && !TRY(confirmed("This command removes all networks that no container is made for."))) return 0;
  auto engine = TRY(open_engine(globals));
  for (const net::Network& network : TRY(engine.list_networks())) {
    if (network.name == net::kDefaultNetwork || !TRY(is_chosen(network, filters, now()))) continue;
    if (!TRY(engine.containers_on(network.name)).empty()) continue;
    TRY(options::print(TRY(engine.remove_network(network.name, false)) + "\n"));
  }
  if (arguments.cni) TRY(engine::collect_cni_networks(engine));
  return 0;
}

constexpr options::Option kPruneOptions[] = {
    options::option<&NetworkPruneArguments::filters>(0, "filter", "KEY=VALUE", "Choose by until, label or label!"),
    options::flag<&NetworkPruneArguments::force>('f', "force", "Do not ask"),
    options::flag<&NetworkPruneArguments::cni>(0, "cni", "Have CNI plugins take back what no container here has"),
};
constexpr options::Group kPruneGroups[] = {options::group(kPruneOptions)};

}  // namespace

constinit const Command kNetworkRm = options::command<network_rm>({
    .name = "rm",
    .second_name = "remove",
    .summary = "Remove networks",
    .synopsis = "[OPTIONS] NETWORK...",
    .description = "Removes networks with their bridges and rules; of a network of CNI the file that says what it is, "
                   "when its plugins have taken back what nobody has. The exit status is 1 if one does not exist, 2 if "
                   "one is used and --force was not given, and 125 if a removal failed otherwise.",
    .groups = kGroups,
    .words = options::words<&NetworkRmArguments::names>({.name = "NETWORK", .least = 1}),
});

constinit const Command kNetworkPrune = options::command<network_prune>({
    .name = "prune",
    .summary = "Remove networks that are not used",
    .synopsis = "[OPTIONS]",
    .description =
        "Removes the networks that no container is made for, but the default one, and prints their names. With --cni "
        "the plugins of all networks of CNI are told which containers there are here (GC): other engines must not use "
        "those networks.",
    .groups = kPruneGroups,
});

}  // namespace gantry::cli
