#include "image_cli/commands.hpp"
#include "image_cli/files_options.hpp"
#include "image_cli/output.hpp"

namespace gantry::image_cli {

namespace {

struct CatArguments {
  FilesArguments files;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< IMAGE PATH…
};

Result<int> run_cat(const Globals& globals, const CatArguments& arguments) {
  auto opened = TRY(open_files(globals, arguments.registry, arguments.files, arguments.words[0]));
  for (std::size_t i = 1; i < arguments.words.size(); ++i) {
    auto file = TRY(opened.files.find(arguments.words[i]));
    TRY(print_stream(*TRY(opened.files.content(file))));
  }
  return 0;
}

constexpr options::Group kGroups[] = {
    options::group<&CatArguments::files>(kFilesOptions),
    options::group<&CatArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image cat docker://quay.io/podman/hello /etc/os-release", "See what an image is made of"},
};

}  // namespace

constinit const Command kCat = options::command<run_cat>({
    .name = "cat",
    .summary = "Print files of an image, wherever it is",
    .synopsis = "[OPTIONS] IMAGE PATH...",
    .description =
        "Fetches no more than it takes: layers come from the top, and none of what is behind the file. Of a layer with "
        "a table of contents (eStargz, zstd:chunked) only that and the file's own bytes are fetched, and compared with "
        "the digests there. Without one a layer that is not read to its end cannot be compared with its digest.\n"
        "IMAGE is docker://NAME, oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME], dir:PATH, or an "
        "image of the store by its name alone. Links are followed inside the image.",
    .examples = kExamples,
    .groups = kGroups,
    .words =
        options::words<&CatArguments::words>({.name = "IMAGE PATH", .least = 2, .first = options::Completes::images}),
});

}  // namespace gantry::image_cli
