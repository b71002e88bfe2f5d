#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "options/print.hpp"
#include "report/listing.hpp"
#include "report/table.hpp"

namespace gantry::cli {

namespace {

enum class DiffFormat { lines, json };
constexpr options::Choice<DiffFormat> kFormats[] = {{"", DiffFormat::lines}, {"json", DiffFormat::json}};

struct DiffArguments {
  DiffFormat format = DiffFormat::lines;
  std::vector<std::string> names;
};

Result<> print_changes(const std::vector<engine::Change>& changes, DiffFormat format) {
  using engine::ChangeKind;
  if (format == DiffFormat::json) {
    boost::json::object lists;
    for (auto [kind, name] :
         {std::pair(ChangeKind::changed, "changed"), {ChangeKind::added, "added"}, {ChangeKind::deleted, "deleted"}})
      for (const auto& change : changes) {
        if (change.kind != kind) continue;
        if (!lists.contains(name)) lists[name] = boost::json::array();
        lists[name].as_array().emplace_back(change.path);
      }
    return options::print(report::pretty(lists));
  }
  std::string text;
  for (const auto& [kind, path] : changes) {
    text += kind == ChangeKind::added ? "A " : kind == ChangeKind::deleted ? "D " : "C ";
    text += report::harmless(path) + "\n";
  }
  return options::print(text);
}

Result<std::vector<engine::Change>> changes_in(engine::Engine& engine, const std::string& name) {
  auto changes = engine.diff(name);
  if (changes || changes.error().code() != Code::not_found) return changes;
  changes = engine.image_diff(name);
  if (changes || changes.error().code() != Code::not_found) return changes;
  return fail(Code::not_found, "there is no container and no image '{}'", name)
      .with_cure("see 'gantry ps -a' and 'gantry images'");
}

Result<int> diff(const Globals& globals, const DiffArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  const auto& names = arguments.names;
  auto changes = names.size() == 2 ? engine.diff_between(names[0], names[1]) : changes_in(engine, names[0]);
  TRY(print_changes(TRY(std::move(changes)), arguments.format));
  return 0;
}

Result<int> image_diff(const Globals& globals, const DiffArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  const auto& names = arguments.names;
  auto changes = names.size() == 2 ? engine.diff_between(names[0], names[1]) : engine.image_diff(names[0]);
  TRY(print_changes(TRY(std::move(changes)), arguments.format));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&DiffArguments::format, options::read_choice<kFormats>>(0, "format", "json", "Print as JSON"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {{"gantry diff web", "See what a container has written"},
                                          {"gantry diff app:2 app:1", "Compare two images"}};

}  // namespace

constinit const Command kDiff = options::command<diff>({
    .name = "diff",
    .summary = "Print what a container has changed, or an image's top layer",
    .synopsis = "[OPTIONS] CONTAINER|IMAGE [CONTAINER|IMAGE]",
    .description = "Prints a path a line, after A for what was added, C for what was changed and D for what was "
                   "deleted: by a container since it was made, or by the top layer of an image. A folder is "
                   "changed when it is not as it was, or something came to it or went from it. With a second name, "
                   "prints what is different from that one.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&DiffArguments::names>(
        {.name = "NAME", .least = 1, .most = 2, .first = options::Completes::containers}),
});

constinit const Command kImageDiff = options::command<image_diff>({
    .name = "diff",
    .summary = "Print what an image's top layer has changed",
    .synopsis = "[OPTIONS] IMAGE [IMAGE]",
    .description = "Prints a path a line, after A for what was added, C for what was changed and D for what was "
                   "deleted by the top layer, or with a second image in comparison to that one.",
    .groups = kGroups,
    .words = options::words<&DiffArguments::names>(
        {.name = "IMAGE", .least = 1, .most = 2, .first = options::Completes::images}),
});

}  // namespace gantry::cli
