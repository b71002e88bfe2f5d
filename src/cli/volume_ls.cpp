#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/volume_filter.hpp"
#include "cli/volume_inspection.hpp"
#include "report/listing.hpp"

#include <set>

namespace gantry::cli {

namespace {

struct VolumeLsArguments {
  std::vector<std::string> filters;
  report::ListingOptions listing;
};

constexpr report::Column kColumns[] = {
    {"Driver", "DRIVER", true}, {"Name", "VOLUME NAME", true}, {"Mountpoint", "MOUNTPOINT"}, {"Labels", "LABELS"},
    {"Scope", "SCOPE"},         {"CreatedAt", "CREATED AT"},   {"Options", "OPTIONS"},
};

std::string text_of(const std::map<std::string, std::string>& values) {
  std::string text;
  for (const auto& [key, value] : values) text += (text.empty() ? "" : ",") + key + "=" + value;
  return text;
}

Result<int> list(const Globals& globals, const VolumeLsArguments& arguments) {
  auto listing = TRY(report::Listing::make(arguments.listing, kColumns, "Name"));
  const auto filter = TRY(VolumeFilter::make(TRY(read_filters(arguments.filters))));
  auto engine = TRY(open_engine(globals));
  const auto used = TRY(engine.used_volumes());
  auto is_used = [&](const std::string& name) { return used.contains(name); };
  for (const auto& volume : TRY(engine.volumes().list())) {
    if (!filter.takes(volume, is_used)) continue;
    boost::json::object row = inspect_volume(engine, volume);
    if (!listing.json()) {
      row["Labels"] = text_of(volume.labels);
      row["Options"] = text_of(volume.options);
    }
    listing.add(std::move(row));
  }
  TRY(listing.print());
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&VolumeLsArguments::filters>(
        'f', "filter", "KEY=VALUE",
        "List by name, driver, label, label!, opt, scope, since, until, dangling, anonymous"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&VolumeLsArguments::listing>(report::kListingOptions)};
constexpr options::Example kExamples[] = {
    {"gantry volume ls --filter dangling=true -q", "List volumes that no container uses"},
};

}  // namespace

constinit const Command kVolumeLs = options::command<list>({
    .name = "ls",
    .second_name = "list",
    .summary = "List volumes",
    .synopsis = "[OPTIONS]",
    .description =
        "Lists the volumes by name. The fields of a template are those of the table, and Mountpoint, Labels, "
        "Options, Scope and CreatedAt.",
    .examples = kExamples,
    .groups = kGroups,
});

}  // namespace gantry::cli
