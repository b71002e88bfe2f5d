#include "base/file.hpp"
#include "image_cli/commands.hpp"
#include "image_cli/files_options.hpp"
#include "view/extraction.hpp"

#include <unistd.h>

#include <csignal>

namespace gantry::image_cli {

namespace {

struct ExtractArguments {
  std::string output;
  FilesArguments files;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< IMAGE [PATH…]
};

Result<int> run_extract(const Globals& globals, const ExtractArguments& arguments) {
  if (arguments.output.empty())
    return fail(Code::invalid, "where to put the files is missing").with_cure("--output FOLDER, or - for a tar");
  auto opened = TRY(open_files(globals, arguments.registry, arguments.files, arguments.words[0]));
  std::vector<std::string> paths(arguments.words.begin() + 1, arguments.words.end());
  if (paths.empty()) paths = {"/"};
  if (arguments.output == "-") {
    if (isatty(STDOUT_FILENO) == 1)
      return fail(Code::invalid, "a tar is nothing for a terminal").with_cure("--output FOLDER, or redirect it");
    FileSink out(Fd(dup(STDOUT_FILENO)), "standard output");
    TRY(view::write_tar(opened.files, paths, out));
    return 0;
  }
  signal(SIGPIPE, SIG_IGN);  // between the one that reads the image and the one that writes files
  Fd folder = TRY(make_and_open_folder(arguments.output));
  TRY(with_context(view::unpack(opened.files, paths, folder, {.owners = geteuid() == 0}), "extract into {}",
                   arguments.output));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&ExtractArguments::output>('o', "output", "FOLDER",
                                               "Put the files there; - writes a tar to standard output")
        .completing(options::Completes::folders),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&ExtractArguments::files>(kFilesOptions),
    options::group<&ExtractArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image extract -o out docker://quay.io/podman/hello /etc /usr/bin/hello", "Take a folder and a file out"},
    {"gantry image extract -o - app | tar tv", "See all files of an image"},
};

}  // namespace

constinit const Command kExtract = options::command<run_extract>({
    .name = "extract",
    .summary = "Take files out of an image, wherever it is",
    .synopsis = "[OPTIONS] IMAGE [PATH...]",
    .description =
        "Files and folders keep the paths that they have in the image; without PATH it is all of the image. Root keeps "
        "their owners. A symlink on the way to PATH is followed inside the image, one that PATH is itself is kept. As "
        "with `gantry image cat`, no more is fetched than it takes.",
    .examples = kExamples,
    .groups = kGroups,
    .words =
        options::words<&ExtractArguments::words>({.name = "IMAGE", .least = 1, .first = options::Completes::images}),
});

}  // namespace gantry::image_cli
