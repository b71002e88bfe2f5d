#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"

namespace gantry::cli {

namespace {

struct RmiArguments {
  bool force = false;
  bool ignore = false;
  bool all = false;
  std::vector<std::string> names;
};

/// Those that are named, or every one.
Result<std::vector<std::string>> chosen_images(engine::Engine& engine, const RmiArguments& arguments) {
  TRY(check_choice(arguments.names, arguments.all, "image"));
  if (!arguments.all) return arguments.names;
  std::vector<std::string> ids;
  for (const auto& image : TRY(TRY(engine.images())->images().list())) ids.push_back(image.id);
  return ids;
}

Result<int> remove(const Globals& globals, const RmiArguments& arguments) {
  bool ignore = arguments.ignore || arguments.force;
  auto engine = TRY(open_engine(globals));
  return for_each_name(
      TRY(chosen_images(engine, arguments)),
      [&](const std::string& name) -> Result<> {
        auto removed = engine.remove_image(name, arguments.force || arguments.all);
        if (!removed && removed.error().code() == Code::not_found && ignore) return {};
        auto removal = TRY(std::move(removed));
        std::string text;
        for (const auto& untagged : removal.untagged) text += fmt::format("Untagged: {}\n", untagged);
        if (!removal.deleted.empty()) text += fmt::format("Deleted: {}\n", removal.deleted);
        return options::print(text);
      },
      &removal_status);
}

constexpr options::Option kOptions[] = {
    options::flag<&RmiArguments::force>('f', "force",
                                        "Remove all its names and its containers too, and ignore a missing "
                                        "image"),
    options::flag<&RmiArguments::ignore>('i', "ignore", "Do not complain about images that do not exist"),
    options::flag<&RmiArguments::all>('a', "all", "Remove every image that no container needs"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {{"gantry rmi busybox", "Remove an image, or one of its names"}};

consteval Command removal_command(std::string_view name, std::string_view second_name = {}) {
  return options::command<remove>({
      .name = name,
      .second_name = second_name,
      .summary = "Remove images",
      .synopsis = "[OPTIONS] IMAGE...",
      .description = "Takes a name from an image and, with its last name, removes the image and what nothing else "
                     "needs. The exit status is 1 if an image does not exist, 2 if one is in use and --force was not "
                     "given, and 125 if a removal failed otherwise.",
      .examples = kExamples,
      .groups = kGroups,
      .words = options::words<&RmiArguments::names>(
          {.name = "IMAGE", .first = options::Completes::images, .rest = options::Completes::images}),
  });
}

}  // namespace

constinit const Command kRmi = removal_command("rmi");
constinit const Command kImageRm = removal_command("rm", "remove");

}  // namespace gantry::cli
