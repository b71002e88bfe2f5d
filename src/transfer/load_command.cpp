#include "options/print.hpp"
#include "transfer/commands.hpp"
#include "transfer/load.hpp"
#include "transfer/open_origin.hpp"

namespace gantry::transfer {

namespace {

struct LoadArguments {
  std::string input;
  std::optional<oci::Platform> platform;
  bool quiet = false;
};

Result<int> run_load(const Globals& globals, const LoadArguments& arguments) {
  Location location = parse_location(arguments.input);
  if (!is_files(location.transport))
    return fail(Code::invalid, "'{}' is no file and no folder", arguments.input)
        .with_cure("gantry pull " + arguments.input);
  TRY(with_store(globals, [&](const store::Store& store) -> Result<> {
    auto origin = TRY(open_files(location, store.root() + "/tmp"));
    auto loaded = TRY(load_and_show(store, *origin, location.reference, arguments.platform, arguments.quiet));
    for (const auto& image : loaded) {
      if (arguments.quiet) continue;
      for (const auto& name : image.names) TRY(options::print(fmt::format("Loaded image: {}\n", name)));
      if (image.names.empty()) TRY(options::print(fmt::format("Loaded image: sha256:{}\n", image.id)));
    }
    return {};
  }));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&LoadArguments::input>('i', "input", "PATH", "Read from here instead of standard input")
        .completing(options::Completes::files),
    options::option<&LoadArguments::platform, oci::parse_platform>(0, "platform", "OS/ARCH[/VARIANT]",
                                                                   "Take the image for this platform"),
    options::flag<&LoadArguments::quiet>('q', "quiet", "Print nothing, and show no progress"),
};
constexpr options::Group kGroups[] = {options::group(kOptions)};
constexpr options::Example kExamples[] = {
    {"gantry load -i app.tar", "Load what 'save' of gantry, podman or docker has written"},
    {"curl -s https://example.org/app.tar.gz | gantry load", "Load a compressed archive from a pipe"},
    {"gantry load -i oci:layout:1.0", "Load one image of an OCI image layout"},
};

}  // namespace

constinit const Command kLoad = options::command<run_load>({
    .name = "load",
    .summary = "Take images from an archive or a folder",
    .synopsis = "[OPTIONS]",
    .description =
        "PATH is a docker-archive or an oci-archive, plain or compressed, or a folder: an OCI image layout or what "
        "'skopeo copy' makes for dir:. Which of them, its content tells. docker-archive:PATH[:NAME], "
        "oci-archive:PATH[:NAME], oci:PATH[:NAME] and dir:PATH say it, and which image there is meant.\n"
        "Every byte is compared to its digest. An image comes in whole or not at all.",
    .examples = kExamples,
    .groups = kGroups,
});

}  // namespace gantry::transfer
