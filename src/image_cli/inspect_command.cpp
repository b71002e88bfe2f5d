#include "image_cli/commands.hpp"
#include "oci/media_types.hpp"
#include "options/print.hpp"
#include "remote/locations.hpp"
#include "remote/registry_options.hpp"
#include "report/listing.hpp"
#include "transfer/offer.hpp"
#include "view/inspection.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

namespace gantry::image_cli {

namespace {

namespace json = boost::json;

struct InspectAnywhereArguments {
  std::string format;
  bool raw = false;
  bool config = false;
  bool no_tags = false;
  std::optional<oci::Platform> platform;
  remote::RegistryOptions registry;
  std::vector<std::string> images;
};

/// The bytes of the config, of whatever type it is.
Result<std::string> config_of(const remote::OpenedImage& opened, const std::optional<oci::Platform>& platform) {
  auto document = TRY(transfer::manifest_of(*opened.origin, opened.image, platform));
  auto manifest = TRY(oci::parse_manifest(document.bytes, opened.origin->name() + ": manifest"));
  return TRY(opened.origin->document(manifest.config)).bytes;
}

Result<json::value> parse(const std::string& text, const std::string& name) {
  boost::system::error_code problem;
  auto value = json::parse(text, problem);
  if (problem) return fail(Code::corrupt, "{}: {}", name, problem.message());
  return value;
}

/// Where an image of a registry is from, and with what other tags.
Result<> add_repository(json::object& object, const remote::Registries& registries, const std::string& location,
                        const remote::OpenedImage& opened, bool no_tags) {
  auto from = transfer::parse_location(location);
  if (from.transport != transfer::Transport::docker || opened.image.names.empty()) return {};
  auto reference = TRY(oci::parse_reference(opened.image.names[0]));
  object["Name"] = reference.name();
  if (no_tags) return {};
  auto tags = TRY(TRY(registries.repository(reference)).tags());
  object["RepoTags"] = json::array(tags.begin(), tags.end());
  return {};
}

Result<json::value> inspect(const store::Store& store, const remote::Registries& registries,
                            const InspectAnywhereArguments& arguments, const std::string& image) {
  auto opened = TRY(remote::open_image(store, registries, image));
  if (arguments.config) return parse(TRY(config_of(opened, arguments.platform)), opened.origin->name() + ": config");
  auto object = TRY(view::inspection(*opened.origin, opened.image, arguments.platform));
  TRY(add_repository(object, registries, image, opened, arguments.no_tags));
  return json::value(std::move(object));
}

Result<std::string> raw_text(const store::Store& store, const remote::Registries& registries,
                             const InspectAnywhereArguments& arguments, const std::string& image) {
  auto opened = TRY(remote::open_image(store, registries, image));
  if (arguments.config) return config_of(opened, arguments.platform);
  if (arguments.platform) return TRY(transfer::manifest_of(*opened.origin, opened.image, arguments.platform)).bytes;
  return TRY(opened.origin->document(opened.image.root)).bytes;
}

Result<int> run_inspect(const Globals& globals, const InspectAnywhereArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  for (const auto& image : arguments.images) {
    if (arguments.raw) TRY(options::print(TRY(raw_text(store, registries, arguments, image))));
    else TRY(report::print_object(TRY(inspect(store, registries, arguments, image)), arguments.format));
  }
  return 0;
}

constexpr options::Option kOptions[] = {
    options::flag<&InspectAnywhereArguments::config>(0, "config", "Print the config"),
    options::option<&InspectAnywhereArguments::format>('f', "format", "FORMAT", "Print by a Go template"),
    options::flag<&InspectAnywhereArguments::no_tags>('n', "no-tags", "Do not ask for the repository's other tags"),
    options::option<&InspectAnywhereArguments::platform, oci::parse_platform>(0, "platform", "OS/ARCH[/VARIANT]",
                                                                              "Print the image for this platform"),
    options::flag<&InspectAnywhereArguments::raw>(0, "raw",
                                                  "Print the manifest, the index or the config as its bytes are"),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&InspectAnywhereArguments::registry>(
                                                                    remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image inspect docker://quay.io/podman/hello", "Look at an image without pulling it"},
    {"gantry image inspect --raw docker://quay.io/podman/hello", "See its index as it is"},
};

}  // namespace

constinit const Command kImageInspect = options::command<run_inspect>({
    .name = "inspect",
    .summary = "Print everything about images",
    .synopsis = "[OPTIONS] IMAGE...",
    .description =
        "Of an image of the store it prints what podman and docker print, in an array. Of one that is elsewhere, at "
        "docker://NAME, oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME] or dir:PATH, it prints "
        "what skopeo prints, an object for each. --raw and --config show the documents themselves, of any image.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&InspectAnywhereArguments::images>(
        {.name = "IMAGE", .least = 1, .first = options::Completes::images, .rest = options::Completes::images}),
});

}  // namespace gantry::image_cli
