#include "cli/commands.hpp"
#include "cli/confirm.hpp"
#include "cli/context.hpp"
#include "cli/filters.hpp"
#include "cli/inspections.hpp"
#include "cli/option_lists.hpp"
#include "cli/volume_filter.hpp"
#include "cli/volume_inspection.hpp"
#include "options/print.hpp"

namespace gantry::cli {

boost::json::object inspect_volume(engine::Engine& engine, const engine::Volume& volume) {
  boost::json::object labels, driver_options;
  for (const auto& [key, value] : volume.labels) labels[key] = value;
  for (const auto& [key, value] : volume.options) driver_options[key] = value;
  return {{"Name", volume.name},
          {"Driver", volume.driver},
          {"Mountpoint", engine.volumes().data(volume.name)},
          {"CreatedAt", to_rfc3339(volume.created)},
          {"Labels", std::move(labels)},
          {"Scope", "local"},
          {"Options", std::move(driver_options)},
          {"Anonymous", volume.anonymous},
          {"MountCount", engine.volumes().is_mounted(volume.name) ? 1 : 0}};
}

namespace {

constexpr options::Words kVolumes{
    .name = "VOLUME", .first = options::Completes::volumes, .rest = options::Completes::volumes};
constexpr options::Words some(options::Words words, std::size_t most = SIZE_MAX) {
  words.least = 1;
  words.most = most;
  return words;
}

struct VolumeCreateArguments {
  std::string driver = "local", name;
  std::vector<std::string> labels, driver_options, names;
  bool ignore = false;
};

Result<int> create(const Globals& globals, const VolumeCreateArguments& arguments) {
  engine::Volume volume{.name = arguments.name, .driver = arguments.driver};
  if (!arguments.names.empty()) volume.name = arguments.names[0];
  volume.labels = TRY(read_pairs(arguments.labels, "label"));
  volume.options = TRY(read_pairs(arguments.driver_options, "opt"));
  auto engine = TRY(open_engine(globals));
  auto made = engine.create_volume(volume);
  if (!made && made.error().code() == Code::exists && arguments.ignore) made = Result<std::string>(volume.name);
  TRY(options::print(TRY(std::move(made)) + "\n"));
  return 0;
}

constexpr options::Option kCreateOptions[] = {
    options::option<&VolumeCreateArguments::driver>('d', "driver", "DRIVER", "Who keeps it: local"),
    options::flag<&VolumeCreateArguments::ignore>(0, "ignore", "Do not complain about a volume that exists"),
    options::option<&VolumeCreateArguments::labels>('l', "label", "NAME[=VALUE]", "Attach a label"),
    options::option<&VolumeCreateArguments::name>(0, "name", "NAME", "Name it, as the word after the options does"),
    options::option<&VolumeCreateArguments::driver_options>('o', "opt", "NAME=VALUE",
                                                            "Tell the driver: type, device, o"),
};
constexpr options::Group kCreateGroups[] = {options::group(kCreateOptions)};
constexpr options::Example kCreateExamples[] = {
    {"gantry volume create data", "Make a volume"},
    {"gantry volume create -o type=tmpfs -o o=size=64m scratch", "Make one in memory, shared while it is used"},
    {"gantry volume create -o o=size=10g,uid=1000 small", "Make one that holds so much, and belongs to that user"},
    {"gantry volume create -o type=nfs -o device=:/srv -o o=addr=10.0.0.1 files", "Make one of a server's files"},
};
constinit const Command kVolumeCreate = options::command<create>({
    .name = "create",
    .summary = "Make a volume",
    .synopsis = "[OPTIONS] [NAME]",
    .description =
        "Makes a volume and prints its name; without NAME that is 64 figures. It is a folder, unless options make it "
        "something else: with `type` a file system that is mounted when a container uses it, with `o=bind` another "
        "folder, with `o=size=SIZE` a file system in a file of that size. The words in `o` are those of mount(8).",
    .examples = kCreateExamples,
    .groups = kCreateGroups,
    .words = options::words<&VolumeCreateArguments::names>({.name = "NAME", .most = 1}),
});

struct VolumeRmArguments {
  bool force = false, all = false;
  std::vector<std::string> names;
};

Result<int> remove(const Globals& globals, const VolumeRmArguments& arguments) {
  TRY(check_choice(arguments.names, arguments.all, "volume"));
  auto engine = TRY(open_engine(globals));
  std::vector<std::string> names = arguments.names;
  if (arguments.all)
    for (const auto& volume : TRY(engine.volumes().list())) names.push_back(volume.name);
  return for_each_name(
      names,
      [&](const std::string& name) -> Result<> {
        auto found = engine.volumes().find(name);
        // As docker and podman have it, nothing to remove is what --force wants.
        if (!found && found.error().code() == Code::not_found && arguments.force) return {};
        const engine::Volume volume = TRY(std::move(found));
        TRY(engine.remove_volume(volume.name, arguments.force));
        return options::print(volume.name + "\n");
      },
      &removal_status);
}

constexpr options::Option kRmOptions[] = {
    options::flag<&VolumeRmArguments::all>('a', "all", "Remove every volume"),
    options::flag<&VolumeRmArguments::force>('f', "force",
                                             "Remove the containers that use it too, and ignore missing ones"),
};
constexpr options::Group kRmGroups[] = {options::group(kRmOptions)};
constinit const Command kVolumeRm = options::command<remove>({
    .name = "rm",
    .second_name = "remove",
    .summary = "Remove volumes",
    .synopsis = "[OPTIONS] VOLUME...",
    .description = "Removes volumes with what is in them. A volume that stands for another folder or for a server's "
                   "files leaves those alone. The exit status is 1 if one does not exist, 2 if a container uses one, "
                   "and 125 if a removal failed otherwise.",
    .groups = kRmGroups,
    .words = options::words<&VolumeRmArguments::names>(kVolumes),
});

struct VolumeInspectArguments {
  bool all = false;
  std::string format;
  std::vector<std::string> names;
};

Result<int> inspect(const Globals& globals, const VolumeInspectArguments& arguments) {
  TRY(check_choice(arguments.names, arguments.all, "volume"));
  auto engine = TRY(open_engine(globals));
  std::vector<std::string> names = arguments.names;
  if (arguments.all)
    for (const auto& volume : TRY(engine.volumes().list())) names.push_back(volume.name);
  return print_inspections(names, arguments.format, [&](const std::string& name) -> Result<boost::json::object> {
    return inspect_volume(engine, TRY(engine.volumes().find(name)));
  });
}

constexpr options::Option kInspectOptions[] = {
    options::flag<&VolumeInspectArguments::all>('a', "all", "Print every volume"),
    options::option<&VolumeInspectArguments::format>('f', "format", "FORMAT",
                                                     "Print by a Go template, each object on its own"),
};
constexpr options::Group kInspectGroups[] = {options::group(kInspectOptions)};
constinit const Command kVolumeInspect = options::command<inspect>({
    .name = "inspect",
    .summary = "Print everything about volumes",
    .synopsis = "[OPTIONS] VOLUME...",
    .description = "Prints an array of JSON objects with the fields that podman and docker have.",
    .groups = kInspectGroups,
    .words = options::words<&VolumeInspectArguments::names>(kVolumes),
});

struct VolumeNames {
  std::vector<std::string> names;
};

Result<int> exists(const Globals& globals, const VolumeNames& arguments) {
  auto engine = TRY(open_engine(globals));
  return engine.volumes().has(arguments.names[0]) ? 0 : 1;
}
constinit const Command kVolumeExists = options::command<exists>({
    .name = "exists",
    .summary = "Tell whether a volume exists",
    .synopsis = "VOLUME",
    .description = "Prints nothing. The exit status is 0 when the volume exists and 1 when it does not.",
    .words = options::words<&VolumeNames::names>(some(kVolumes, 1)),
});

Result<int> mount(const Globals& globals, const VolumeNames& arguments) {
  auto engine = TRY(open_engine(globals));
  return for_each_name(
      arguments.names,
      [&](const std::string& name) -> Result<> {
        const engine::Volumes volumes = engine.volumes();
        return options::print(TRY(volumes.use(TRY(volumes.find(name)))) + "\n");
      },
      &removal_status);
}
constinit const Command kVolumeMount = options::command<mount>({
    .name = "mount",
    .summary = "Mount volumes on the host, and say where",
    .synopsis = "VOLUME...",
    .description = "Prints where the files of each volume are, after it was mounted there if need be.",
    .words = options::words<&VolumeNames::names>(some(kVolumes)),
});

Result<int> unmount(const Globals& globals, const VolumeNames& arguments) {
  auto engine = TRY(open_engine(globals));
  return for_each_name(
      arguments.names,
      [&](const std::string& name) -> Result<> {
        const engine::Volumes volumes = engine.volumes();
        const engine::Volume volume = TRY(volumes.find(name));
        TRY(volumes.unmount(volume.name));
        return options::print(volume.name + "\n");
      },
      &removal_status);
}
constinit const Command kVolumeUnmount = options::command<unmount>({
    .name = "unmount",
    .second_name = "umount",
    .summary = "Unmount volumes",
    .synopsis = "VOLUME...",
    .description = "Takes the mount of each volume away from the host. What a running container has of it stays.",
    .words = options::words<&VolumeNames::names>(some(kVolumes)),
});

struct VolumePruneArguments {
  bool all = false, force = false;
  std::vector<std::string> filters;
};

Result<int> prune(const Globals& globals, const VolumePruneArguments& arguments) {
  const auto filter = TRY(VolumeFilter::make(TRY(read_filters(arguments.filters))));
  const std::string_view warning = arguments.all ? "This command removes all volumes that no container uses."
                                                 : "This command removes all anonymous volumes that no container uses.";
  if (!arguments.force && !TRY(confirmed(warning))) return 0;
  auto engine = TRY(open_engine(globals));
  const auto removed = TRY(engine.prune_volumes([&](const engine::Volume& volume) {
    return (arguments.all || volume.anonymous) && filter.takes(volume, [](const std::string&) { return false; });
  }));
  for (const auto& name : removed) TRY(options::print(name + "\n"));
  return 0;
}

constexpr options::Option kPruneOptions[] = {
    options::flag<&VolumePruneArguments::all>('a', "all", "Remove those that were given a name too"),
    options::option<&VolumePruneArguments::filters>(0, "filter", "KEY=VALUE",
                                                    "Choose by name, driver, label, label!, opt, since, until"),
    options::flag<&VolumePruneArguments::force>('f', "force", "Do not ask"),
};
constexpr options::Group kPruneGroups[] = {options::group(kPruneOptions)};
constinit const Command kVolumePrune = options::command<prune>({
    .name = "prune",
    .summary = "Remove volumes that are not used",
    .synopsis = "[OPTIONS]",
    .description =
        "Removes the anonymous volumes that no container uses and, with --all, those that were given a name: "
        "a name is a reason to ask. Prints the names of what was removed.",
    .groups = kPruneGroups,
});

struct VolumeReloadArguments {};
Result<int> reload(const Globals& globals, const VolumeReloadArguments&) {
  auto engine = TRY(open_engine(globals));
  TRY(engine.volumes().list());
  return 0;
}
constinit const Command kVolumeReload = options::command<reload>({
    .name = "reload",
    .summary = "Check that every volume can be read",
    .synopsis = "",
    .description = "Reads the description of every volume. There are no plugins to ask for further ones.",
});

constinit const Command kVolumeExport = {
    .name = "export", .summary = "Write a volume to a tar archive", .program = "gantry-transfer"};
constinit const Command kVolumeImport = {
    .name = "import", .summary = "Fill a volume from a tar archive", .program = "gantry-transfer"};

constexpr const Command* kCommands[] = {&kVolumeCreate,  &kVolumeExists, &kVolumeExport, &kVolumeImport,
                                        &kVolumeInspect, &kVolumeLs,     &kVolumeMount,  &kVolumePrune,
                                        &kVolumeReload,  &kVolumeRm,     &kVolumeUnmount};

}  // namespace

constinit const Command kVolume = {
    .name = "volume",
    .summary = "Work with volumes",
    .synopsis = "COMMAND",
    .description =
        "Volumes keep files beyond the life of containers. A container gets one by its name: "
        "`gantry run -v NAME:/PATH`, and it is made when it does not exist.",
    .commands = kCommands,
};

}  // namespace gantry::cli
