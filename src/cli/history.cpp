#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/moment.hpp"
#include "report/listing.hpp"
#include "report/table.hpp"
#include "store/store.hpp"

#include <algorithm>

namespace gantry::cli {

namespace {

struct HistoryArguments {
  bool human = true;
  report::ListingOptions listing;
  std::vector<std::string> names;
};

constexpr report::Column kColumns[] = {
    {"ID", "ID", true},     {"CreatedSince", "CREATED", true}, {"CreatedBy", "CREATED BY", true},
    {"Size", "SIZE", true}, {"Comment", "COMMENT", true},      {"CreatedAt", "CREATED AT"},
};

/// A line of an image's history, the last step first.
struct Step {
  oci::History history;
  std::uint64_t size = 0;  ///< bytes of its layer's tar
};

std::vector<Step> steps_of(const store::Store& store, const oci::ImageConfig& config) {
  std::vector<Step> steps;
  std::size_t layer = 0;
  for (const auto& history : config.history) {
    Step step{.history = history};
    if (!history.empty_layer && layer < config.rootfs.diff_ids.size())
      if (auto info = store.layers().info(config.rootfs.diff_ids[layer++])) step.size = info->size;
    steps.push_back(std::move(step));
  }
  // Builders may say nothing of how layers came to be.
  for (; layer < config.rootfs.diff_ids.size(); ++layer) {
    auto info = store.layers().info(config.rootfs.diff_ids[layer]);
    steps.push_back({.size = info ? info->size : 0});
  }
  std::ranges::reverse(steps);
  return steps;
}

boost::json::object row(const Step& step, const std::string& id, const HistoryArguments& arguments, Timestamp now) {
  const bool in_full = arguments.listing.no_trunc;
  const auto created = parse_rfc3339(step.history.created);
  const std::string& command = step.history.created_by;
  return {
      {"ID", id.empty() ? "<missing>"
             : in_full  ? id
                        : short_id(id)},
      {"Created", created ? time_ago(*created, now) : "unknown"},
      {"CreatedSince", !created          ? "unknown"
                       : arguments.human ? time_ago(*created, now)
                                         : to_rfc3339(*created)},
      {"CreatedAt", created ? to_rfc3339(*created) : "unknown"},
      {"CreatedBy", in_full ? command : report::shortened(command, 45)},
      {"Size", arguments.human ? human_size(step.size) : std::to_string(step.size)},
      {"Comment", step.history.comment},
  };
}

/// The names and units of podman's `history --format json`.
boost::json::object document(const Step& step, const std::string& id) {
  return {
      {"id", id.empty() ? "<missing>" : id},  {"created", step.history.created},
      {"CreatedBy", step.history.created_by}, {"size", step.size},
      {"comment", step.history.comment},
  };
}

Result<int> history(const Globals& globals, const HistoryArguments& arguments) {
  auto listing = TRY(report::Listing::make(arguments.listing, kColumns, "ID"));
  auto engine = TRY(open_engine(globals));
  const store::Store& store = *TRY(engine.images());
  const auto image = TRY(store.images().find(arguments.names[0]));
  const Timestamp moment = now();
  std::string id = image.id;
  for (const auto& step : steps_of(store, image.config)) {
    listing.add(listing.json() ? document(step, id) : row(step, id, arguments, moment));
    id.clear();
  }
  TRY(listing.print());
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&HistoryArguments::human>('H', "human", "Print sizes and times for people (the default)"),
};
constexpr options::Group kGroups[] = {options::group(kOptions),
                                      options::group<&HistoryArguments::listing>(report::kListingOptions)};
constexpr options::Example kExamples[] = {
    {"gantry history --no-trunc busybox", "See in full how an image was made"},
};

}  // namespace

constinit const Command kHistory = options::command<history>({
    .name = "history",
    .summary = "Print how an image was made",
    .synopsis = "[OPTIONS] IMAGE",
    .description = "Lists the steps of which the image was made, the last one first, and the size of what each has "
                   "added. The fields of a template are those of the table, and Created and CreatedAt.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&HistoryArguments::names>(
        {.name = "IMAGE", .least = 1, .most = 1, .first = options::Completes::images}),
});

}  // namespace gantry::cli
