#include "distribution/repository.hpp"
#include "image_cli/artifact_commands.hpp"
#include "options/print.hpp"
#include "remote/locations.hpp"
#include "report/listing.hpp"
#include "report/table.hpp"
#include "transfer/names.hpp"
#include "transfer/offer.hpp"

#include <boost/json/array.hpp>

#include <set>

namespace gantry::image_cli {

namespace {

namespace json = boost::json;

constexpr int kMaxDepth = 8;  ///< what is attached to what is attached …

struct ArtifactDiscoverArguments {
  std::string type;
  std::string format;
  std::optional<oci::Platform> platform;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< IMAGE
};

struct Referrer {
  oci::Descriptor descriptor;
  std::vector<Referrer> referrers;
};

class Discovery {
 public:
  Discovery(distribution::Repository repository, std::string type)
      : repository_(std::move(repository)), type_(std::move(type)) {}

  Result<std::vector<Referrer>> of(const oci::Digest& subject, int depth = 0) {
    std::vector<Referrer> found;
    if (depth == kMaxDepth || !seen_.insert(subject).second) return found;
    for (auto& descriptor : TRY(repository_.referrers(subject, type_))) {
      auto further = TRY(of(descriptor.digest, depth + 1));
      found.push_back({.descriptor = std::move(descriptor), .referrers = std::move(further)});
    }
    return found;
  }

 private:
  distribution::Repository repository_;
  std::string type_;
  std::set<oci::Digest> seen_;
};

json::array documents(const std::vector<Referrer>& referrers) {
  json::array all;
  for (const auto& one : referrers) {
    json::object annotations;
    for (const auto& [key, value] : one.descriptor.annotations) annotations[key] = value;
    all.push_back({{"Digest", one.descriptor.digest.text()},
                   {"MediaType", one.descriptor.media_type},
                   {"ArtifactType", one.descriptor.artifact_type},
                   {"Size", one.descriptor.size},
                   {"Annotations", std::move(annotations)},
                   {"Referrers", documents(one.referrers)}});
  }
  return all;
}

void add_lines(std::string& text, const std::vector<Referrer>& referrers, const std::string& indent) {
  std::size_t left = referrers.size();
  for (const auto& one : referrers) {
    const bool last = --left == 0;
    const auto& type = one.descriptor.artifact_type;
    text += indent + (last ? "└── " : "├── ") + one.descriptor.digest.text() + " " +
            report::harmless(type.empty() ? "(no type)" : type) + "\n";
    add_lines(text, one.referrers, indent + (last ? "    " : "│   "));
  }
}

Result<int> run_discover(const Globals& globals, const ArtifactDiscoverArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  auto store = TRY(store::Store::open(TRY(options::folders(globals)).root));
  std::string name = transfer::without_transport(arguments.words[0]);
  auto opened = TRY(remote::open_image(store, registries, "docker://" + name));
  auto subject = opened.image.root;
  if (arguments.platform)
    subject = TRY(transfer::manifest_of(*opened.origin, opened.image, arguments.platform)).descriptor;
  auto reference = TRY(oci::parse_reference(name));
  auto found = TRY(Discovery(TRY(registries.repository(reference)), arguments.type).of(subject.digest));
  std::string whole = reference.name() + "@" + subject.digest.text();
  if (!arguments.format.empty() && arguments.format != "tree") {
    TRY(report::print_object(json::object{{"Reference", whole}, {"Referrers", documents(found)}}, arguments.format));
    return 0;
  }
  std::string text = whole + "\n";
  add_lines(text, found, "");
  TRY(options::print(text));
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&ArtifactDiscoverArguments::type>(0, "artifact-type", "TYPE", "Show those of this type alone"),
    options::option<&ArtifactDiscoverArguments::format>('f', "format", "FORMAT",
                                                        "Print as \"tree\" or \"json\", or by a Go template"),
    options::option<&ArtifactDiscoverArguments::platform, oci::parse_platform>(
        0, "platform", "OS/ARCH[/VARIANT]", "Show what is attached to the image for this platform"),
};
constexpr options::Group kGroups[] = {options::group(kOptions), options::group<&ArtifactDiscoverArguments::registry>(
                                                                    remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry artifact discover localhost:5000/app:1", "See what is attached to an image"},
};

}  // namespace

constinit const Command kArtifactDiscover = options::command<run_discover>({
    .name = "discover",
    .summary = "Show what is attached to an image in a registry",
    .synopsis = "[OPTIONS] IMAGE",
    .description = "Asks the registry for manifests whose subject is the image, such as signatures and SBOMs, and for "
                   "what is attached to those.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&ArtifactDiscoverArguments::words>({.name = "IMAGE", .least = 1, .most = 1}),
});

}  // namespace gantry::image_cli
