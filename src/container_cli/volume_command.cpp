#include "archive/pack.hpp"
#include "archive/unpack_job.hpp"
#include "base/file.hpp"
#include "container_cli/commands.hpp"
#include "engine/engine.hpp"
#include "linux/idmap.hpp"
#include "options/globals.hpp"
#include "transfer/output_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <functional>

namespace gantry::container_cli {

namespace {

/// Files of containers belong to subordinate ids, which an ordinary user has only in a user namespace.
Result<> as_root_of_files(const std::function<Result<>()>& work) {
  return geteuid() == 0 ? work() : linux::in_user_namespace(TRY(linux::rootless_maps()), work);
}

Result<std::string> find_files(const options::Folders& folders, const std::string& name) {
  const engine::Volumes volumes = engine::Engine({.root = folders.root, .run_root = folders.run_root}).volumes();
  return volumes.use(TRY(volumes.find(name)));
}

struct VolumeExportArguments {
  std::string output;
  std::vector<std::string> names;
};

Result<int> run_export(const options::Globals& globals, const VolumeExportArguments& arguments) {
  const std::string path = TRY(find_files(TRY(options::folders(globals)), arguments.names[0]));
  auto file = TRY(transfer::OutputFile::open(arguments.output));
  TRY(as_root_of_files([&]() -> Result<> {
    const Fd tree = TRY(open_file(path, O_RDONLY | O_DIRECTORY));
    return with_context(archive::pack(tree, file.out(), {}), "export volume '{}'", arguments.names[0]);
  }));
  TRY(file.finish());
  return 0;
}

constexpr options::Option kExportOptions[] = {
    options::option<&VolumeExportArguments::output>('o', "output", "PATH", "Write here instead of to standard output")
        .completing(options::Completes::files),
};
constexpr options::Group kExportGroups[] = {options::group(kExportOptions)};
constexpr options::Example kExportExamples[] = {
    {"gantry volume export -o data.tar data", "Write all files of a volume"},
};
constinit const Command kVolumeExport = options::command<run_export>({
    .name = "export",
    .summary = "Write a volume to a tar archive",
    .synopsis = "[OPTIONS] VOLUME",
    .description =
        "Writes what a volume holds. Files that change meanwhile are as they were at some moment. An archive "
        "appears under its name when it is complete.",
    .examples = kExportExamples,
    .groups = kExportGroups,
    .words = options::words<&VolumeExportArguments::names>(
        {.name = "VOLUME", .least = 1, .most = 1, .first = options::Completes::volumes}),
});

struct VolumeImportArguments {
  std::vector<std::string> words;
};

Result<int> run_import(const options::Globals& globals, const VolumeImportArguments& arguments) {
  const std::string& from = arguments.words[1];
  const std::string path = TRY(find_files(TRY(options::folders(globals)), arguments.words[0]));
  Fd stream = from == "-" ? Fd(dup(STDIN_FILENO)) : TRY(open_file(from, O_RDONLY));
  TRY(as_root_of_files([&]() -> Result<> {
    const Fd tree = TRY(open_file(path, O_RDONLY | O_DIRECTORY));
    auto job = TRY(archive::UnpackJob::start(std::move(stream), from == "-" ? "standard input" : from, tree,
                                             {.whiteouts = archive::Whiteouts::apply}));
    TRY(with_context(job.wait(), "import into volume '{}'", arguments.words[0]));
    return {};
  }));
  return 0;
}

constexpr options::Example kImportExamples[] = {
    {"gantry volume import data data.tar", "Unpack an archive into a volume"},
    {"gantry volume export data | ssh host gantry volume import data -", "Copy a volume to another machine"},
};
constinit const Command kVolumeImport = options::command<run_import>({
    .name = "import",
    .summary = "Fill a volume from a tar archive",
    .synopsis = "VOLUME FILE|-",
    .description = "Unpacks a tar archive, compressed or not, into a volume that exists. Files of the same name are "
                   "replaced, and all others stay.",
    .examples = kImportExamples,
    .words = options::words<&VolumeImportArguments::words>({.name = "WORD",
                                                            .least = 2,
                                                            .most = 2,
                                                            .first = options::Completes::volumes,
                                                            .rest = options::Completes::files}),
});

constexpr const Command* kCommands[] = {&kVolumeExport, &kVolumeImport};

}  // namespace

constinit const Command kVolume = {
    .name = "volume",
    .summary = "Bring volumes to archives and back",
    .synopsis = "COMMAND",
    .description = "The commands on volumes that read and write archives.",
    .commands = kCommands,
};

}  // namespace gantry::container_cli
