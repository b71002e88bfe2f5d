#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "cli/image_row.hpp"
#include "cli/inspections.hpp"

namespace gantry::cli {

namespace {

enum class Kind { any, container, image };
constexpr options::Choice<Kind> kKinds[] = {{"all", Kind::any}, {"container", Kind::container}, {"image", Kind::image}};

struct InspectArguments {
  std::string format;
  Kind kind = Kind::any;
  std::vector<std::string> names;
};

Result<boost::json::object> inspect_one(engine::Engine& engine, const std::string& name, Kind kind) {
  if (kind != Kind::image) {
    auto found = engine.inspect(name);
    if (found || kind == Kind::container || found.error().code() != Code::not_found) return found;
  }
  auto image = inspect_image(engine, name);
  if (!image && image.error().code() == Code::not_found && kind == Kind::any)
    return fail(Code::not_found, "there is no container and no image '{}'", name)
        .with_cure("see 'gantry ps -a' and 'gantry images'");
  return image;
}

Result<int> inspect(const Globals& globals, const InspectArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  return print_inspections(arguments.names, arguments.format,
                           [&](const std::string& name) { return inspect_one(engine, name, arguments.kind); });
}

constexpr options::Option kOptions[] = {
    options::option<&InspectArguments::format>('f', "format", "FORMAT",
                                               "Print by a Go template, each object on its own"),
    options::option<&InspectArguments::kind, options::read_choice<kKinds>>('t', "type", "all|container|image",
                                                                           "What the names are names of"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry inspect web", "Print everything about a container"},
    {"gantry inspect -f '{{.State.Status}} {{.State.Pid}}' web", "Print two of its fields"},
};
constexpr options::Words words() {
  options::Words words = kContainers;
  words.least = 1;
  return words;
}

}  // namespace

constinit const Command kInspect = options::command<inspect>({
    .name = "inspect",
    .summary = "Print everything about containers and images",
    .synopsis = "[OPTIONS] NAME...",
    .description = "Prints an array of JSON objects with the fields that podman and docker have.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&InspectArguments::names>(words()),
});

}  // namespace gantry::cli
