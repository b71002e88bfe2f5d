#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/context.hpp"
#include "cli/image_filter.hpp"
#include "cli/moment.hpp"
#include "options/print.hpp"

#include <algorithm>

namespace gantry::cli {

namespace {

/// Which containers a pruning takes: until, label and label!.
class ContainerChoice {
 public:
  static Result<ContainerChoice> make(const Filters& filters, Timestamp now) {
    ContainerChoice choice;
    for (const auto& [key, value] : filters) {
      if (key == "label") choice.labels_.push_back(value);
      else if (key == "label!") choice.no_labels_.push_back(value);
      else if (key == "until") choice.until_ = TRY(with_context(read_moment(value, now), "option --filter"));
      else
        return fail(Code::invalid, "option --filter: containers are not pruned by '{}'", key)
            .with_cure("filter by until, label or label!");
    }
    return choice;
  }
  bool operator()(const engine::Container& container) const {
    if (until_ && container.created >= *until_) return false;
    auto has = [&](const std::string& label) { return has_label(container.config.labels, label); };
    return std::ranges::all_of(labels_, has) && std::ranges::none_of(no_labels_, has);
  }

 private:
  std::vector<std::string> labels_;
  std::vector<std::string> no_labels_;
  std::optional<Timestamp> until_;
};

/// Images without a name or, with `all`, every one; of these those that the filters show.
Result<std::function<bool(const store::ImageSummary&)>> image_choice(const Filters& filters, bool all,
                                                                     const store::Images& images, Timestamp now) {
  auto filter = TRY(ImageFilter::make(filters, creation_in(images), now));
  bool is_asked = std::ranges::find(filters, "dangling", &Filters::value_type::first) != filters.end();
  return [filter = std::move(filter), any = all || is_asked](const store::ImageSummary& image) {
    return (any || image.names.empty()) && !filter.names_of(image).empty();
  };
}

Result<> print_ids(const std::vector<std::string>& ids) {
  std::string text;
  for (const auto& id : ids) text += id + "\n";
  return options::print(text);
}

struct ImagePruneArguments {
  bool all = false;
  bool force = false;
  std::vector<std::string> filters;
};

Result<int> prune_images(const Globals& globals, const ImagePruneArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  const Filters filters = TRY(read_filters(arguments.filters));
  auto choice = TRY(image_choice(filters, arguments.all, TRY(engine.images())->images(), now()));
  std::string_view warning = arguments.all ? "This command removes all images that no container is made from."
                                           : "This command removes all images without a name.";
  if (!arguments.force && !TRY(confirmed(warning))) return 0;
  TRY(print_ids(TRY(engine.prune_images(choice)).ids));
  return 0;
}

constexpr options::Option kImageOptions[] = {
    options::flag<&ImagePruneArguments::all>('a', "all", "Remove those with names too"),
    options::option<&ImagePruneArguments::filters>(
        0, "filter", "KEY=VALUE", "Choose by until, before, since, label, label!, dangling, reference or id"),
    options::flag<&ImagePruneArguments::force>('f', "force", "Do not ask"),
};
constexpr options::Group kImageGroups[] = {options::group(kImageOptions)};
constexpr options::Example kImageExamples[] = {
    {"gantry image prune -a --filter until=240h", "Remove what is older than ten days and not used"},
};

struct ContainerPruneArguments {
  bool force = false;
  std::vector<std::string> filters;
};

Result<int> prune_containers(const Globals& globals, const ContainerPruneArguments& arguments) {
  auto choice = TRY(ContainerChoice::make(TRY(read_filters(arguments.filters)), now()));
  if (!arguments.force && !TRY(confirmed("This command removes all containers that do not run."))) return 0;
  auto engine = TRY(open_engine(globals));
  TRY(print_ids(TRY(engine.prune_containers(choice)).ids));
  return 0;
}

constexpr options::Option kContainerOptions[] = {
    options::option<&ContainerPruneArguments::filters>(0, "filter", "KEY=VALUE", "Choose by until, label or label!"),
    options::flag<&ContainerPruneArguments::force>('f', "force", "Do not ask"),
};
constexpr options::Group kContainerGroups[] = {options::group(kContainerOptions)};

struct SystemPruneArguments {
  bool all = false;
  bool force = false;
  std::vector<std::string> filters;
};

Result<int> prune_system(const Globals& globals, const SystemPruneArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  const Filters filters = TRY(read_filters(arguments.filters));
  const Timestamp moment = now();
  auto containers = TRY(ContainerChoice::make(filters, moment));
  auto images = TRY(image_choice(filters, arguments.all, TRY(engine.images())->images(), moment));
  std::string warning = fmt::format("This command removes all containers that do not run, and all images {}.",
                                    arguments.all ? "that no other container is made from" : "without a name");
  if (!arguments.force && !TRY(confirmed(warning))) return 0;
  // First, as they keep images.
  auto pruned = TRY(engine.prune_containers(containers));
  if (!pruned.ids.empty()) TRY(options::print("Deleted Containers\n"));
  TRY(print_ids(pruned.ids));
  std::uint64_t bytes = pruned.bytes;
  pruned = TRY(engine.prune_images(images));
  if (!pruned.ids.empty()) TRY(options::print("Deleted Images\n"));
  TRY(print_ids(pruned.ids));
  TRY(options::print(fmt::format("Total reclaimed space: {}\n", human_size(bytes + pruned.bytes))));
  return 0;
}

constexpr options::Option kSystemOptions[] = {
    options::flag<&SystemPruneArguments::all>('a', "all", "Remove images with names too"),
    options::option<&SystemPruneArguments::filters>(0, "filter", "KEY=VALUE", "Choose by until, label or label!"),
    options::flag<&SystemPruneArguments::force>('f', "force", "Do not ask"),
};
constexpr options::Group kSystemGroups[] = {options::group(kSystemOptions)};

}  // namespace

constinit const Command kImagePrune = options::command<prune_images>({
    .name = "prune",
    .summary = "Remove images that are not used",
    .synopsis = "[OPTIONS]",
    .description = "Removes the images that have no name and that no container is made from, and what then nothing "
                   "needs. Prints their identifiers. With a filter by `dangling`, names alone keep no image.",
    .examples = kImageExamples,
    .groups = kImageGroups,
});

constinit const Command kContainerPrune = options::command<prune_containers>({
    .name = "prune",
    .summary = "Remove containers that do not run",
    .synopsis = "[OPTIONS]",
    .description = "Removes the containers that have ended or were never started. Prints their identifiers.",
    .groups = kContainerGroups,
});

constinit const Command kSystemPrune = options::command<prune_system>({
    .name = "prune",
    .summary = "Remove containers and images that are not used",
    .synopsis = "[OPTIONS]",
    .description = "Removes the containers that do not run, then the images that have no name (with --all: every one) "
                   "and that no container is made from, and what then nothing needs.",
    .groups = kSystemGroups,
});

}  // namespace gantry::cli
