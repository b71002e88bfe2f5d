#include "options/print.hpp"
#include "transfer/commands.hpp"
#include "transfer/import.hpp"
#include "transfer/input.hpp"

namespace gantry::transfer {

namespace {

struct ImportArguments {
  std::vector<std::string> changes;
  std::string message;
  std::optional<oci::Platform> platform;
  bool quiet = false;
  std::vector<std::string> words;
};

Result<int> run_import(const Globals& globals, const ImportArguments& arguments) {
  const std::string& path = arguments.words[0];
  ImportOptions options{.changes = arguments.changes, .message = arguments.message};
  // Where it lay on this machine is nobody's business, and would make another image of it.
  options.created_by = fmt::format("gantry import {}", path.substr(path.rfind('/') + 1));
  if (arguments.words.size() > 1) options.name = TRY(store::local_name(arguments.words[1]));
  if (arguments.platform) options.platform = *arguments.platform;
  TRY(with_store(globals, [&](const store::Store& store) -> Result<> {
    auto input = TRY(open_input(path));
    std::string label = input.name;
    auto image = TRY(import(store, TRY(stream(std::move(input), store.root() + "/tmp")), label, options));
    return arguments.quiet ? Result<>() : options::print(fmt::format("sha256:{}\n", image.id));
  }));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&ImportArguments::changes>('c', "change", "INSTRUCTION", "Apply an instruction of a Dockerfile"),
    options::option<&ImportArguments::message>('m', "message", "TEXT", "Say in the image's history what it is"),
    options::option<&ImportArguments::platform, oci::parse_platform>(0, "platform", "OS/ARCH[/VARIANT]",
                                                                     "What the image is for, if not for this machine"),
    options::flag<&ImportArguments::quiet>('q', "quiet", "Do not print the identifier"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry import root.tar.xz debian", "Make the image localhost/debian"},
    {"tar -C root -c . | gantry import -c 'CMD [\"sh\"]' - small", "Make an image of a folder"},
};

}  // namespace

constinit const Command kImport = options::command<run_import>({
    .name = "import",
    .summary = "Make an image from the tar archive of a root file system",
    .synopsis = "[OPTIONS] PATH [NAME]",
    .description =
        "PATH is a tar archive, plain or compressed with gzip, zstd, xz, bzip2 or lz4; - is standard input. The image "
        "has one layer. Prints its identifier.\n"
        "An INSTRUCTION is one of CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME and WORKDIR.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&ImportArguments::words>(
        {.name = "PATH", .least = 1, .most = 2, .first = options::Completes::files}),
});

}  // namespace gantry::transfer
