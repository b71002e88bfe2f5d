#include "cli/commands.hpp"
#include "cli/context.hpp"
#include "store/store.hpp"

namespace gantry::cli {

namespace {

struct UntagArguments {
  std::vector<std::string> words;
};

Result<int> untag(const Globals& globals, const UntagArguments& arguments) {
  auto engine = TRY(open_engine(globals));
  store::Store& store = *TRY(engine.images());
  auto image = TRY(store.images().find(arguments.words[0]));
  std::vector<std::string> names = image.names;
  if (arguments.words.size() > 1) {
    names.clear();
    for (const auto& word : std::span(arguments.words).subspan(1)) names.push_back(TRY(store::local_name(word)));
  }
  for (const auto& name : names) TRY(store.images().untag(name));
  return 0;
}

constexpr options::Example kExamples[] = {{"gantry untag busybox", "Take all names from an image"}};

}  // namespace

constinit const Command kUntag = options::command<untag>({
    .name = "untag",
    .summary = "Take names away from an image",
    .synopsis = "IMAGE [NAME...]",
    .description = "Takes the given names from an image, or all that it has. The image itself stays.",
    .examples = kExamples,
    .words = options::words<&UntagArguments::words>(
        {.name = "IMAGE", .least = 1, .first = options::Completes::images, .rest = options::Completes::images}),
});

}  // namespace gantry::cli
