#include "transfer/commands.hpp"
#include "transfer/save.hpp"

namespace gantry::transfer {

namespace {

constexpr options::Choice<SaveFormat> kFormats[] = {{"docker-archive", SaveFormat::docker_archive},
                                                    {"oci-archive", SaveFormat::oci_archive},
                                                    {"oci-dir", SaveFormat::oci_dir},
                                                    {"docker-dir", SaveFormat::docker_dir}};

struct SaveArguments {
  std::string output;
  SaveFormat format = SaveFormat::docker_archive;
  bool multi = false;
  bool quiet = false;
  std::vector<std::string> images;
};

Result<int> run_save(const Globals& globals, const SaveArguments& arguments) {
  if (arguments.images.size() > 1 && !arguments.multi)
    return fail(Code::invalid, "several images are named").with_cure("-m puts them into one archive");
  // Reads blobs alone, which are the user's own.
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  progress::Meter meter(progress::style_for(arguments.quiet));
  TRY(save(store, arguments.images, arguments.format, arguments.output, meter));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&SaveArguments::output>('o', "output", "PATH", "Write here instead of to standard output")
        .completing(options::Completes::files),
    options::option<&SaveArguments::format, options::read_choice<kFormats>>(
        0, "format", "docker-archive|oci-archive|oci-dir|docker-dir", "What to write"),
    options::flag<&SaveArguments::multi>('m', "multi-image-archive", "Write several images into one archive"),
    options::flag<&SaveArguments::quiet>('q', "quiet", "Show no progress"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry save -o app.tar app", "Write an image for 'load' of gantry, podman or docker"},
    {"gantry save app | ssh host gantry load", "Copy an image to another machine"},
    {"gantry save --format oci-dir -o layout app", "Write an OCI image layout"},
};

}  // namespace

constinit const Command kSave = options::command<run_save>({
    .name = "save",
    .summary = "Write images to an archive or a folder",
    .synopsis = "[OPTIONS] IMAGE...",
    .description =
        "An archive appears under its name when it is complete, and replaces a file of that name. A folder must not "
        "exist yet. Every blob is compared to its digest on the way.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&SaveArguments::images>(
        {.name = "IMAGE", .least = 1, .first = options::Completes::images, .rest = options::Completes::images}),
});

}  // namespace gantry::transfer
