#include "base/json.hpp"
#include "base/log.hpp"
#include "build_cli/build_options.hpp"
#include "build_cli/builder.hpp"
#include "build_cli/commands.hpp"
#include "build_cli/fetch.hpp"
#include "options/print.hpp"

// `gantry builder`: making working containers, looking at them, taking them away.

namespace gantry::build_cli {

namespace {

using build::WorkingContainer;
using build::WorkingRecord;

struct BuilderFromArguments {
  std::string name;
  std::optional<build::Pull> pull;
  std::vector<std::string> words;
};

Result<int> run_from(const options::Globals& globals, const BuilderFromArguments& arguments) {
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    TRY(builder.store.sweep());
    const Lock used = TRY(builder.store.use());  // the base stays until it is pinned
    const std::string& image = arguments.words.front();
    build::Bases bases(builder.store, arguments.pull.value_or(build::Pull::missing),
                       fetcher(builder.globals, builder.folders));
    const store::Image* base = image == "scratch" ? nullptr : TRY(bases.find(image, oci::host_platform()));
    const auto made = TRY(WorkingContainer::make(builder.store, arguments.name, image, base));
    TRY(options::print(made.record().name + "\n"));
    return 0;
  });
}

struct BuilderNameArguments {
  std::vector<std::string> names;
};

Result<int> run_mount(const options::Globals& globals, const BuilderNameArguments& arguments) {
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    if (arguments.names.empty()) {
      for (const auto& record : TRY(WorkingContainer::list(builder.store))) {
        const auto container = TRY(WorkingContainer::find(builder.store, record.name));
        const std::string path = container.mounted_at(builder.folders.run_root);
        if (!path.empty()) TRY(options::print(fmt::format("{} {}\n", record.name, path)));
      }
      return 0;
    }
    for (const auto& name : arguments.names) {
      const auto container = TRY(WorkingContainer::find(builder.store, name));
      TRY(options::print(TRY(container.mount(builder.store, builder.folders.run_root)) + "\n"));
    }
    return 0;
  });
}

Result<int> run_unmount(const options::Globals& globals, const BuilderNameArguments& arguments) {
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    for (const auto& name : arguments.names) {
      const auto container = TRY(WorkingContainer::find(builder.store, name));
      TRY(container.unmount(builder.folders.run_root));
      TRY(options::print(container.record().id + "\n"));
    }
    return 0;
  });
}

struct BuilderRmArguments {
  bool all = false;
  std::vector<std::string> names;
};

Result<int> run_rm(const options::Globals& globals, const BuilderRmArguments& arguments) {
  if (arguments.all != arguments.names.empty())
    return fail(Code::invalid, "working containers are named, or --all is given").with_cure("one of both");
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    std::vector<std::string> names = arguments.names;
    if (arguments.all)
      for (const auto& record : TRY(WorkingContainer::list(builder.store))) names.push_back(record.name);
    int status = 0;
    for (const auto& name : names) {
      auto container = WorkingContainer::find(builder.store, name);
      auto removed = container ? container->remove(builder.store, builder.folders.run_root)
                               : Result<>(std::move(container.error()));
      if (removed) {
        TRY(options::print(container->record().id + "\n"));
        continue;
      }
      log::error("{}", removed.error().message());
      status = 125;
    }
    return status;
  });
}

struct BuilderListArguments {
  bool json = false;
  bool quiet = false;
};

Result<int> run_containers(const options::Globals& globals, const BuilderListArguments& arguments) {
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    const auto records = TRY(WorkingContainer::list(builder.store));
    if (arguments.json) {
      TRY(options::print(json::encode_pretty(records)));
      return 0;
    }
    if (!arguments.quiet) TRY(options::print(fmt::format("{:<14}{:<40}{}\n", "CONTAINER ID", "IMAGE", "NAME")));
    for (const auto& record : records)
      TRY(options::print(arguments.quiet
                             ? record.id + "\n"
                             : fmt::format("{:<14}{:<40}{}\n", record.id.substr(0, 12), record.image, record.name)));
    return 0;
  });
}

Result<int> run_inspect(const options::Globals& globals, const BuilderNameArguments& arguments) {
  return with_builder(globals, [&](const Builder& builder) -> Result<int> {
    const auto container = TRY(WorkingContainer::find(builder.store, arguments.names.front()));
    TRY(options::print(json::encode_pretty(container.record())));
    return 0;
  });
}

constexpr options::Option kFromOptions[] = {
    options::option<&BuilderFromArguments::name>(0, "name", "NAME", "Call it this"),
    options::option<&BuilderFromArguments::pull, options::read_choice<kPulls>>(
        0, "pull", "missing|always|newer|never", "When the image is fetched; missing by default")
        .alone("always"),
};
constexpr options::Group kFromGroups[] = {options::group(kFromOptions)};
constexpr options::Option kRmOptions[] = {
    options::flag<&BuilderRmArguments::all>('a', "all", "Remove every one"),
};
constexpr options::Group kRmGroups[] = {options::group(kRmOptions)};
constexpr options::Option kListOptions[] = {
    options::flag<&BuilderListArguments::json>(0, "json", "Print all that is known, as JSON"),
    options::flag<&BuilderListArguments::quiet>('q', "quiet", "Print ids alone"),
};
constexpr options::Group kListGroups[] = {options::group(kListOptions)};

}  // namespace

constinit const Command kBuilderFrom = options::command<run_from>({
    .name = "from",
    .summary = "Make a working container of an image",
    .synopsis = "[OPTIONS] IMAGE|scratch",
    .description =
        "Prints its name. What the other commands of 'gantry builder' change in it, 'commit' makes an image.",
    .groups = kFromGroups,
    .words = options::words<&BuilderFromArguments::words>({.name = "IMAGE", .least = 1, .most = 1}),
});
constinit const Command kBuilderMount = options::command<run_mount>({
    .name = "mount",
    .summary = "Mount the files of working containers, and say where",
    .synopsis = "[CONTAINER...]",
    .description = "What is changed there is changed in the container. Without a name those that are mounted are "
                   "listed. Ordinary users call it in a user namespace: unshare --map-root-user --mount.",
    .words = options::words<&BuilderNameArguments::names>({.name = "CONTAINER"}),
});
constinit const Command kBuilderUnmount = options::command<run_unmount>({
    .name = "umount",
    .second_name = "unmount",
    .summary = "Unmount the files of working containers",
    .synopsis = "CONTAINER...",
    .description = "The container stays, with all that was changed in it.",
    .words = options::words<&BuilderNameArguments::names>({.name = "CONTAINER", .least = 1}),
});
constinit const Command kBuilderRm = options::command<run_rm>({
    .name = "rm",
    .summary = "Remove working containers",
    .synopsis = "[OPTIONS] [CONTAINER...]",
    .description = "Images that were made of them stay.",
    .groups = kRmGroups,
    .words = options::words<&BuilderRmArguments::names>({.name = "CONTAINER"}),
});
constinit const Command kBuilderContainers = options::command<run_containers>({
    .name = "containers",
    .second_name = "ps",
    .summary = "List working containers",
    .synopsis = "[OPTIONS]",
    .description = "The oldest first.",
    .groups = kListGroups,
});
constinit const Command kBuilderInspect = options::command<run_inspect>({
    .name = "inspect",
    .summary = "Show all that is known of a working container, as JSON",
    .synopsis = "CONTAINER",
    .description = "Members are those that Gantry itself keeps.",
    .words = options::words<&BuilderNameArguments::names>({.name = "CONTAINER", .least = 1, .most = 1}),
});

}  // namespace gantry::build_cli
