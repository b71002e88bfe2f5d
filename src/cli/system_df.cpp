#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/image_row.hpp"
#include "cli/moment.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"
#include "report/table.hpp"

#include <algorithm>

namespace gantry::cli {

namespace {

struct DiskUsageArguments {
  bool verbose = false;
  std::string format;
};

constexpr report::Column kColumns[] = {
    {"Type", "TYPE", true},
    {"Total", "TOTAL", true},
    {"Active", "ACTIVE", true},
    {"Size", "SIZE", true},
    {"Reclaimable", "RECLAIMABLE", true},
};

boost::json::object row(std::string_view type, std::size_t total, std::int64_t active, std::uint64_t size,
                        std::uint64_t reclaimable) {
  const double part = size == 0 ? 0 : 100.0 * static_cast<double>(reclaimable) / static_cast<double>(size);
  return {
      {"Type", type},
      {"Total", total},
      {"Active", active},
      {"Size", human_size(size)},
      {"Reclaimable", fmt::format("{} ({:.0f}%)", human_size(reclaimable), part)},
      {"RawSize", size},
      {"RawReclaimable", reclaimable},
  };
}

boost::json::object images_row(const engine::Usage& usage) {
  auto active = std::ranges::count_if(usage.images, [](const auto& image) { return image.containers > 0; });
  return row("Images", usage.images.size(), active, usage.images_size, usage.images_reclaimable);
}

boost::json::object containers_row(const engine::Usage& usage) {
  std::uint64_t size = 0, reclaimable = 0;
  std::int64_t running = 0;
  for (const auto& [container, bytes] : usage.containers) {
    size += bytes;
    if (container.running()) ++running;
    else reclaimable += bytes;
  }
  return row("Containers", usage.containers.size(), running, size, reclaimable);
}

std::string text(const boost::json::object& row, std::string_view field) { return report::go_text(row.at(field)); }

std::string details(const engine::Usage& usage, Timestamp now) {
  report::Table images;
  images.add({"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS"});
  for (const auto& [image, shared, unique, containers] : usage.images) {
    auto row = image_row(image, image.names.empty() ? "" : image.names.front(), false, now);
    images.add({text(row, "Repository"), text(row, "Tag"), text(row, "ID"), text(row, "Created"), text(row, "Size"),
                human_size(shared), human_size(unique), std::to_string(containers)});
  }
  report::Table containers;
  containers.add({"CONTAINER ID", "IMAGE", "COMMAND", "SIZE", "CREATED", "STATUS", "NAMES"});
  for (const auto& [container, size] : usage.containers)
    containers.add({short_id(container.id), container.image_name, join(container.argv(), " "), human_size(size),
                    time_ago(container.created, now), engine::status_text(container, now), container.name});
  return "Images space usage:\n\n" + images.text() + "\nContainers space usage:\n\n" + containers.text();
}

Result<int> disk_usage(const Globals& globals, const DiskUsageArguments& arguments) {
  if (arguments.verbose && !arguments.format.empty())
    return fail(Code::invalid, "--verbose is given, and --format too").with_cure("leave one out");
  auto listing = TRY(report::Listing::make({.format = arguments.format}, kColumns, ""));
  auto engine = TRY(open_engine(globals));
  const auto usage = TRY(engine.usage());
  if (arguments.verbose) {
    TRY(options::print(details(usage, now())));
    return 0;
  }
  listing.add(images_row(usage));
  listing.add(containers_row(usage));
  TRY(listing.print());
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&DiskUsageArguments::format>(0, "format", "FORMAT", "Print as \"json\", or by a Go template"),
    options::flag<&DiskUsageArguments::verbose>('v', "verbose", "Print every image and every container"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};

}  // namespace

constinit const Command kSystemDf = options::command<disk_usage>({
    .name = "df",
    .summary = "Print what images and containers take on disk",
    .synopsis = "[OPTIONS]",
    .description =
        "Of images, layers that several have count once, unpacked and as they came. What is reclaimable goes with "
        "`gantry image prune --all` and `gantry container prune`. The fields of a template are those of the table, and "
        "RawSize and RawReclaimable in bytes.",
    .groups = kGroups,
});

}  // namespace gantry::cli
