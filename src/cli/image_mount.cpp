#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"
#include "report/table.hpp"

namespace gantry::cli {

namespace {

enum class MountFormat { lines, json };
constexpr options::Choice<MountFormat> kFormats[] = {{"", MountFormat::lines}, {"json", MountFormat::json}};

struct ImageMountArguments {
  bool all = false;
  MountFormat format = MountFormat::lines;
  std::vector<std::string> names;
};

Result<int> print_mounts(engine::Engine& engine, MountFormat format) {
  report::Table table;
  boost::json::array list;
  for (const auto& [image, path] : TRY(engine.mounted_images())) {
    const std::string name = image.names.empty() ? short_id(image.id) : image.names.front();
    table.add({name, path});
    boost::json::array names(image.names.begin(), image.names.end());
    list.push_back({{"id", image.id}, {"Repositories", std::move(names)}, {"mountpoint", path}});
  }
  TRY(options::print(format == MountFormat::json ? report::pretty(list) : table.text()));
  return 0;
}

Result<int> mount(const Globals& globals, const ImageMountArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  if (!arguments.all && arguments.names.empty()) return print_mounts(engine, arguments.format);
  TRY(check_choice(arguments.names, arguments.all, "image"));
  std::vector<std::string> names = arguments.names;
  if (arguments.all)
    for (const auto& image : TRY(TRY(engine.images())->images().list())) names.push_back(image.id);
  return for_each_name(
      names, [&](const std::string& name) -> Result<> { return options::print(TRY(engine.mount_image(name)) + "\n"); },
      [](const Error&) { return 125; });
}

constexpr options::Option kMountOptions[] = {
    options::flag<&ImageMountArguments::all>('a', "all", "Mount every image"),
    options::option<&ImageMountArguments::format, options::read_choice<kFormats>>(0, "format", "json",
                                                                                  "Print the list as JSON"),
};
constexpr options::Group kMountGroups[] = {options::group(kMountOptions)};
constexpr options::Example kMountExamples[] = {
    {"ls $(gantry image mount busybox)", "Look into an image"},
    {"gantry image mount", "List what is mounted"},
};

struct ImageUnmountArguments {
  bool all = false;
  bool force = false;
  std::vector<std::string> names;
};

Result<int> unmount(const Globals& globals, const ImageUnmountArguments& arguments) {
  TRY(check_choice(arguments.names, arguments.all, "image"));
  auto engine = TRY(open_engine(globals));
  std::vector<std::string> names = arguments.names;
  if (arguments.all)
    for (const auto& mount : TRY(engine.mounted_images())) names.push_back(mount.image.id);
  return for_each_name(
      names,
      [&](const std::string& name) -> Result<> {
        return options::print(TRY(engine.unmount_image(name, arguments.force)) + "\n");
      },
      [](const Error&) { return 125; });
}

constexpr options::Option kUnmountOptions[] = {
    options::flag<&ImageUnmountArguments::all>('a', "all", "Unmount every image"),
    options::flag<&ImageUnmountArguments::force>('f', "force", "Take it away also from those who are in it"),
};
constexpr options::Group kUnmountGroups[] = {options::group(kUnmountOptions)};

}  // namespace

constinit const Command kImageMount = options::command<mount>({
    .name = "mount",
    .summary = "Mount images on the host",
    .synopsis = "[OPTIONS] [IMAGE...]",
    .description = "Mounts images read-only and prints where; without IMAGE it lists those that are mounted. It takes "
                   "root, or a user and a mount namespace of one's own. An image that is mounted cannot be removed.",
    .examples = kMountExamples,
    .groups = kMountGroups,
    .words = options::words<&ImageMountArguments::names>(
        {.name = "IMAGE", .first = options::Completes::images, .rest = options::Completes::images}),
});

constinit const Command kImageUnmount = options::command<unmount>({
    .name = "unmount",
    .second_name = "umount",
    .summary = "Unmount images",
    .synopsis = "[OPTIONS] IMAGE...",
    .description = "Unmounts images that `gantry image mount` has mounted, and prints their identifiers.",
    .groups = kUnmountGroups,
    .words = options::words<&ImageUnmountArguments::names>(
        {.name = "IMAGE", .first = options::Completes::images, .rest = options::Completes::images}),
});

}  // namespace gantry::cli
