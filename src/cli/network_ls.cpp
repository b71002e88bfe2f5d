#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/filters.hpp"
#include "cli/network_row.hpp"
#include "engine/cni_networks.hpp"
#include "report/listing.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <map>

namespace gantry::cli {

namespace {

struct NetworkLsArguments {
  std::vector<std::string> filters;
  report::ListingOptions listing;
};

constexpr const char* kCniDriver = "cni";

constexpr report::Column kColumns[] = {
    {"ID", "NETWORK ID", true},      {"Name", "NAME", true}, {"Driver", "DRIVER", true},
    {"Subnets", "SUBNETS", true},    {"Labels", "LABELS"},   {"Internal", "INTERNAL"},
    {"IPv6Enabled", "IPV6 ENABLED"}, {"Created", "CREATED"}, {"NetworkInterface", "INTERFACE"},
};

boost::json::object row(const net::Network& network, bool in_full) {
  std::string subnets, labels;
  for (const auto& one : network.subnets) (subnets += subnets.empty() ? "" : ", ") += one.subnet.text();
  for (const auto& [name, value] : network.labels)
    labels += fmt::format("{}{}={}", labels.empty() ? "" : ",", name, value);
  return {{"ID", in_full ? network.id : short_id(network.id)},
          {"Name", network.name},
          {"Driver", driver_name(network.driver)},
          {"Subnets", subnets},
          {"Labels", labels},
          {"Internal", network.internal},
          {"IPv6Enabled", network.ipv6_enabled},
          {"Created", network.created},
          {"NetworkInterface", network.network_interface}};
}

/// One of CNI has a name and a driver, and says the rest to nobody but its plugins.
boost::json::object row(const engine::CniNetwork& network) {
  return {{"ID", ""},          {"Name", network.name}, {"Driver", kCniDriver}, {"Subnets", ""},         {"Labels", ""},
          {"Internal", false}, {"IPv6Enabled", false}, {"Created", ""},        {"NetworkInterface", ""}};
}

boost::json::object document(const engine::CniNetwork& network) {
  return {{"name", network.name},
          {"driver", kCniDriver},
          {"cni_version", network.version},
          {"path", network.path},
          {"plugins", boost::json::array(network.plugins.begin(), network.plugins.end())}};
}

/// What networks are chosen by.
struct Facts {
  std::string_view name, id, driver;
  const std::map<std::string, std::string>& labels;
};

Result<bool> holds(const Facts& network, const std::string& key, const std::string& value) {
  if (key == "name") return network.name.find(value) != std::string_view::npos;
  if (key == "id") return !network.id.empty() && network.id.starts_with(value);
  if (key == "driver") return network.driver == value;
  if (key == "label") return has_label(network.labels, value);
  return fail(Code::invalid, "option --filter: networks are not filtered by '{}'", key)
      .with_cure("filters are name, id, driver and label");
}

Result<bool> is_shown(const Facts& network, const Filters& filters) {
  for (const auto& [key, value] : filters)
    if (!TRY(holds(network, key, value))) return false;
  return true;
}

Result<int> network_ls(const Globals& globals, const NetworkLsArguments& arguments) {
  auto listing = TRY(report::Listing::make(arguments.listing, kColumns, "Name"));
  const Filters filters = TRY(read_filters(arguments.filters));
  auto engine = TRY(open_engine(globals));
  for (const net::Network& network : TRY(engine.list_networks())) {
    if (!TRY(is_shown({network.name, network.id, driver_name(network.driver), network.labels}, filters))) continue;
    if (listing.json()) listing.add(TRY(network_document(network)));
    else listing.add(row(network, arguments.listing.no_trunc));
  }
  for (const engine::CniNetwork& network : TRY(engine::list_cni_networks(engine))) {
    if (!TRY(is_shown({network.name, {}, kCniDriver, {}}, filters))) continue;
    listing.add(listing.json() ? document(network) : row(network));
  }
  TRY(listing.print());
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&NetworkLsArguments::filters>('f', "filter", "KEY=VALUE", "List by name, id, driver or label"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&NetworkLsArguments::listing>(report::kListingOptions)};

}  // namespace

constinit const Command kNetworkLs = options::command<network_ls>({
    .name = "ls",
    .second_name = "list",
    .summary = "List networks",
    .synopsis = "[OPTIONS]",
    .description = "Lists the networks by name, ours and then those of CNI. Fields of a template are also Labels, "
                   "Internal, IPv6Enabled, Created "
                   "and NetworkInterface.",
    .groups = kGroups,
});

}  // namespace gantry::cli
