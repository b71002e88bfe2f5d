#include "image_cli/commands.hpp"
#include "options/print.hpp"
#include "remote/registry_options.hpp"
#include "report/listing.hpp"
#include "report/table.hpp"
#include "transfer/names.hpp"

#include <boost/json/array.hpp>

namespace gantry::image_cli {

namespace {

struct TagsArguments {
  std::string format;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< REPOSITORY
};

Result<int> run_tags(const Globals&, const TagsArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  auto reference = TRY(oci::parse_reference(transfer::without_transport(arguments.words[0])));
  if (!reference.tag.empty() || reference.digest)
    return fail(Code::invalid, "'{}' is an image, and not a repository", arguments.words[0])
        .with_cure("gantry image tags " + reference.name());
  auto tags = TRY(TRY(registries.repository(reference)).tags());
  if (!arguments.format.empty()) {
    boost::json::object all{{"Repository", reference.name()}, {"Tags", boost::json::array(tags.begin(), tags.end())}};
    TRY(report::print_object(all, arguments.format));
    return 0;
  }
  std::string lines;
  for (const auto& tag : tags) (lines += report::harmless(tag)) += '\n';
  TRY(options::print(lines));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&TagsArguments::format>('f', "format", "FORMAT", "Print as \"json\", or by a Go template"),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&TagsArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry image tags quay.io/podman/hello", "List the tags of a repository, a line each"},
};

}  // namespace

constinit const Command kTags = options::command<run_tags>({
    .name = "tags",
    .summary = "List the tags of a repository",
    .synopsis = "[OPTIONS] REPOSITORY",
    .description = "Prints the tags as the registry lists them. As JSON they are what `skopeo list-tags` prints.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&TagsArguments::words>({.name = "REPOSITORY", .least = 1, .most = 1}),
});

}  // namespace gantry::image_cli
