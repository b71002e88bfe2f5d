#include "cli/container_commands.hpp"
#include "cli/context.hpp"
#include "cli/selection.hpp"
#include "engine/container_mounts.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"
#include "report/table.hpp"

namespace gantry::cli {

namespace {

struct MountArguments {
  bool json = false;
  bool no_truncation = false;
  Selection which;
  std::vector<std::string> names;
};

Result<int> print_mounts(engine::Engine& engine, const MountArguments& arguments) {
  report::Table table;
  boost::json::array list;
  for (const auto& [container, path] : TRY(engine::mounted_containers(engine))) {
    table.add({arguments.no_truncation ? container.id : short_id(container.id), path});
    list.push_back({{"id", container.id}, {"Names", boost::json::array{container.name}}, {"mountpoint", path}});
  }
  TRY(options::print(arguments.json ? report::pretty(list) : table.text()));
  return 0;
}

Result<int> mount(const Globals& globals, const MountArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  if (!arguments.which.all && !arguments.which.latest && arguments.names.empty())
    return print_mounts(engine, arguments);
  const auto names = TRY(selected_containers(engine, arguments.names, arguments.which, Among::every));
  return for_each_name(
      names,
      [&](const std::string& name) -> Result<> {
        const std::string path = TRY(engine::mount_container(engine, name));
        // Which is which; one that is named alone is known.
        const bool alone = names.size() == 1 && !arguments.which.all;
        return options::print(alone ? path + "\n" : fmt::format("{} {}\n", name, path));
      },
      &failure_status);
}

Result<bool> read_format(std::string_view word) {
  if (word == "json") return true;
  return fail(Code::invalid, "'{}' is not json", word);
}

constexpr options::Option kMountOptions[] = {
    options::option<&MountArguments::json, read_format>(0, "format", "json", "Print the list as JSON"),
    options::flag<&MountArguments::no_truncation>(0, "no-trunc", "Print whole identifiers in the list"),
};
constexpr options::Option kMountWhich[] = {select::all('a', "Mount every container"), select::latest()};
constexpr options::Group kMountGroups[] = {options::group(kMountOptions),
                                           options::group<&MountArguments::which>(kMountWhich)};
constexpr options::Example kMountExamples[] = {
    {"cp site.conf $(gantry mount web)/etc", "Write into a container that does not run"},
    {"gantry mount", "List what is mounted"},
};

struct UnmountArguments {
  bool force = false;
  Selection which;
  std::vector<std::string> names;
};

Result<int> unmount(const Globals& globals, const UnmountArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  std::vector<std::string> names;
  if (arguments.which.all && arguments.names.empty())
    for (const auto& mount : TRY(engine::mounted_containers(engine))) names.push_back(mount.container.id);
  else names = TRY(selected_containers(engine, arguments.names, arguments.which, Among::every));
  return for_each_name(
      names,
      [&](const std::string& name) -> Result<> {
        return options::print(TRY(engine::unmount_container(engine, name, arguments.force)) + "\n");
      },
      &failure_status);
}

constexpr options::Option kUnmountOptions[] = {
    options::flag<&UnmountArguments::force>('f', "force", "Take it away also from those who are in it"),
};
constexpr options::Option kUnmountWhich[] = {select::all('a', "Unmount every container"), select::latest()};
constexpr options::Group kUnmountGroups[] = {options::group(kUnmountOptions),
                                             options::group<&UnmountArguments::which>(kUnmountWhich)};

}  // namespace

constinit const options::Command kMount = options::command<mount>({
    .name = "mount",
    .summary = "Mount the files of containers on the host",
    .synopsis = "[OPTIONS] [CONTAINER...]",
    .description = "Mounts the roots of containers, without what is mounted in them, and prints where; without "
                   "CONTAINER it lists those that are mounted. It takes root, or a user and a mount namespace of one's "
                   "own. One that does not run cannot be started until it is unmounted.",
    .examples = kMountExamples,
    .groups = kMountGroups,
    .words = options::words<&MountArguments::names>(kContainers),
});

constinit const options::Command kUnmount = options::command<unmount>({
    .name = "unmount",
    .second_name = "umount",
    .summary = "Unmount the files of containers",
    .synopsis = "[OPTIONS] CONTAINER...",
    .description = "Unmounts what `gantry mount` has mounted, and prints the identifiers.",
    .groups = kUnmountGroups,
    .words = options::words<&UnmountArguments::names>(kContainers),
});

}  // namespace gantry::cli
