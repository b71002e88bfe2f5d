#include "image_cli/commands.hpp"
#include "options/print.hpp"
#include "remote/locations.hpp"
#include "remote/registry_options.hpp"
#include "report/listing.hpp"
#include "report/table.hpp"
#include "view/validation.hpp"

#include <boost/json/array.hpp>

namespace gantry::image_cli {

namespace {

namespace json = boost::json;

struct ValidateArguments {
  bool fast = false;
  std::string format;
  remote::RegistryOptions registry;
  std::vector<std::string> images;
};

json::object row_of(const std::string& image, const view::Validation& found) {
  json::array faults;
  for (const auto& fault : found.faults) faults.push_back({{"Object", fault.object}, {"Fault", fault.text}});
  return {{"Image", image},
          {"Valid", found.faults.empty()},
          {"Manifests", found.manifests},
          {"Blobs", found.blobs},
          {"Faults", std::move(faults)}};
}

std::string lines_of(const std::string& image, const view::Validation& found) {
  if (found.faults.empty()) return fmt::format("{}: valid\n", image);
  std::string lines;
  for (const auto& fault : found.faults)
    lines += report::harmless(fmt::format("{}: {}: {}", image, fault.object, fault.text)) + "\n";
  return lines;
}

Result<int> run_validate(const Globals& globals, const ValidateArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  bool valid = true;
  for (const auto& image : arguments.images) {
    auto opened = TRY(remote::open_image(store, registries, image));
    auto found = TRY(view::validate(*opened.origin, opened.image, {.fast = arguments.fast}));
    valid = valid && found.faults.empty();
    if (arguments.format.empty()) TRY(options::print(lines_of(image, found)));
    else TRY(report::print_object(row_of(image, found), arguments.format));
  }
  return valid ? 0 : 1;
}

constexpr options::Option kOptions[] = {
    options::flag<&ValidateArguments::fast>(0, "fast", "Leave out the bytes of the layers"),
    options::option<&ValidateArguments::format>('f', "format", "FORMAT", "Print as \"json\", or by a Go template"),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&ValidateArguments::registry>(
                                                                    remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image validate docker://quay.io/podman/hello", "Read all of an image and compare every digest"},
};

}  // namespace

constinit const Command kValidate = options::command<run_validate>({
    .name = "validate",
    .summary = "Check every digest, size and media type of images",
    .synopsis = "[OPTIONS] IMAGE...",
    .description =
        "Reads indexes, manifests, configs and layers, and compares them with what refers to them, and each layer's "
        "tar with its diff id. Prints what is wrong, a line each. The exit status is 1 when something is, and else 0. "
        "IMAGE is docker://NAME, oci:PATH[:NAME], oci-archive:PATH[:NAME], docker-archive:PATH[:NAME], dir:PATH, or an "
        "image of the store by its name alone.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&ValidateArguments::images>(
        {.name = "IMAGE", .least = 1, .first = options::Completes::images, .rest = options::Completes::images}),
});

}  // namespace gantry::image_cli
