#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "store/store.hpp"

namespace gantry::cli {

namespace {

struct TagArguments {
  std::vector<std::string> words;
};

Result<int> tag(const Globals& globals, const TagArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  store::Store& store = *TRY(engine.images());
  auto held = TRY(store.use());  // the image must not be collected meanwhile
  auto image = TRY(store.images().find(arguments.words[0]));
  for (const auto& name : std::span(arguments.words).subspan(1))
    TRY(store.images().tag(image, TRY(store::local_name(name))));
  return 0;
}

constexpr options::Example kExamples[] = {
    {"gantry tag busybox registry.example/tools/busybox:1.36", "Name an image for a registry"},
};

}  // namespace

constinit const Command kTag = options::command<tag>({
    .name = "tag",
    .summary = "Give an image a further name",
    .synopsis = "IMAGE NAME...",
    .description = "Gives an image further names. A name that another image has is taken from it. NAME without a "
                   "registry is one of localhost, and has the tag latest unless it names another.",
    .examples = kExamples,
    .words =
        options::words<&TagArguments::words>({.name = "IMAGE NAME", .least = 2, .first = options::Completes::images}),
});

}  // namespace gantry::cli
