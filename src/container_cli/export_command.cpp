#include "archive/pack.hpp"
#include "base/file.hpp"
#include "container_cli/commands.hpp"
#include "engine/engine.hpp"
#include "linux/idmap.hpp"
#include "options/globals.hpp"
#include "transfer/output_file.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace gantry::container_cli {

namespace {

struct ExportArguments {
  std::string output;
  std::vector<std::string> names;
};

Result<int> run_export(const options::Globals& globals, const ExportArguments& arguments) {
  // Before the user namespace of an ordinary user, in which all paths would be root's.
  auto folders = TRY(options::folders(globals));
  auto file = TRY(transfer::OutputFile::open(arguments.output));
  auto work = [&]() -> Result<> {
    engine::Engine engine({.root = folders.root, .run_root = folders.run_root});
    Fd tree = TRY(engine.open_tree(arguments.names[0]));
    return with_context(archive::pack(tree, file.out(), {}), "export container '{}'", arguments.names[0]);
  };
  TRY(geteuid() == 0 ? work() : linux::in_user_namespace(TRY(linux::rootless_maps()), work));
  TRY(file.finish());
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&ExportArguments::output>('o', "output", "PATH", "Write here instead of to standard output")
        .completing(options::Completes::files),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry export -o web.tar web", "Write all files of a container"},
    {"gantry export web | gantry import - web-as-it-is", "Make an image of one layer of them"},
};

}  // namespace

constinit const Command kExport = options::command<run_export>({
    .name = "export",
    .summary = "Write the files of a container to a tar archive",
    .synopsis = "[OPTIONS] CONTAINER",
    .description =
        "Writes what the container's root holds, without what is mounted there. The container may run; files "
        "that change meanwhile are as they were at some moment. An archive appears under its name when it is "
        "complete.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&ExportArguments::names>(
        {.name = "CONTAINER", .least = 1, .most = 1, .first = options::Completes::containers}),
});

}  // namespace gantry::container_cli
