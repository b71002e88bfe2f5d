#include "base/text.hpp"
#include "distribution/repository.hpp"
#include "distribution/search.hpp"
#include "image_cli/commands.hpp"
#include "registries/names.hpp"
#include "remote/registry_options.hpp"
#include "report/listing.hpp"
#include "report/table.hpp"
#include "transfer/names.hpp"

namespace gantry::image_cli {

namespace {

struct SearchArguments {
  std::vector<std::string> filters;
  std::int64_t limit = 25;
  bool list_tags = false;
  std::string format;
  bool no_trunc = false;
  remote::RegistryOptions registry;
  std::vector<std::string> words;  ///< TERM
};

constexpr report::Column kColumns[] = {{"Name", "NAME", true},     {"Description", "DESCRIPTION", true},
                                       {"Stars", "STARS"},         {"Official", "OFFICIAL"},
                                       {"Automated", "AUTOMATED"}, {"Index", "INDEX"}};
constexpr report::Column kTagColumns[] = {{"Name", "NAME", true}, {"Tag", "TAG", true}};
constexpr std::size_t kMaxDescription = 44;

/// docker.io is searched at another host than it is pulled from.
constexpr std::string_view kHubSearch = "index.docker.io";

struct SearchFilter {
  std::int64_t stars = 0;
  std::optional<bool> official, automated;

  bool takes(const distribution::SearchHit& hit) const {
    return hit.stars >= stars && (!official || *official == hit.official) &&
           (!automated || *automated == hit.automated);
  }
};

Result<SearchFilter> read_filter(const std::vector<std::string>& words) {
  SearchFilter filter;
  for (const auto& word : words) {
    auto [key, value, found] = cut(word, '=');
    if (key == "stars") filter.stars = TRY(with_context(parse_signed(value), "option --filter"));
    else if (key == "is-official") filter.official = found ? TRY(options::read_flag(value)) : true;
    else if (key == "is-automated") filter.automated = found ? TRY(options::read_flag(value)) : true;
    else return fail(Code::invalid, "option --filter: '{}' is none of stars, is-official, is-automated", key);
  }
  return filter;
}

/// Where to look, and what for: "quay.io/podman" names its registry, "podman" is looked for in those to be searched.
struct SearchPlan {
  std::vector<std::string> hosts;
  std::string term;
};
SearchPlan plan(const remote::Registries& registries, std::string_view word) {
  auto [first, rest, found] = cut(word, '/');
  if (found && (first.contains('.') || first.contains(':') || first == "localhost"))
    return {{std::string(first)}, std::string(rest)};
  const auto& search = registries.configuration().search;
  return {search.empty() ? std::vector{std::string(registries::kDockerHub)} : search, std::string(word)};
}

Result<std::vector<distribution::SearchHit>> search_host(const remote::Registries& registries, const std::string& host,
                                                         const SearchArguments& arguments, std::string term) {
  auto access = TRY(registries.registry(host));
  if (host == registries::kDockerHub) {
    access.host = kHubSearch;
    if (term.starts_with("library/")) term.erase(0, 8);  // its search does not know that name
  }
  distribution::Session session(std::move(access));
  return distribution::search(session, term, static_cast<std::size_t>(arguments.limit));
}

Result<int> list_tags(const remote::Registries& registries, const SearchArguments& arguments) {
  auto listing = TRY(report::Listing::make({.format = arguments.format}, kTagColumns, ""));
  auto reference = TRY(oci::parse_reference(transfer::without_transport(arguments.words[0])));
  auto tags = TRY(TRY(registries.repository(reference)).tags());
  if (tags.size() > static_cast<std::size_t>(arguments.limit)) tags.resize(static_cast<std::size_t>(arguments.limit));
  if (listing.json()) {
    listing.add({{"Name", reference.name()}, {"Tags", boost::json::array(tags.begin(), tags.end())}});
  } else {
    for (const auto& tag : tags) listing.add({{"Name", reference.name()}, {"Tag", tag}});
  }
  TRY(listing.print());
  return 0;
}

Result<int> run_search(const Globals&, const SearchArguments& arguments) {
  auto registries = TRY(remote::Registries::load(arguments.registry));
  if (arguments.list_tags) return list_tags(registries, arguments);
  auto listing = TRY(report::Listing::make({.format = arguments.format}, kColumns, ""));
  auto filter = TRY(read_filter(arguments.filters));
  auto [hosts, term] = plan(registries, arguments.words[0]);
  for (const auto& host : hosts) {
    for (auto& hit : TRY(with_context(search_host(registries, host, arguments, term), "search in {}", host))) {
      if (!filter.takes(hit)) continue;
      boost::json::object row{
          {"Index", host},
          {"Name", host + "/" + hit.name},
          {"Description", arguments.no_trunc || listing.json() ? hit.description
                                                               : report::shortened(hit.description, kMaxDescription)},
          {"Stars", hit.stars}};
      // podman's way to print a yes and a no.
      row["Official"] = hit.official ? "[OK]" : "";
      row["Automated"] = hit.automated ? "[OK]" : "";
      listing.add(std::move(row));
    }
  }
  TRY(listing.print());
  return 0;
}

constexpr options::Option kOptions[] = {
    options::option<&SearchArguments::filters>('f', "filter", "KEY=VALUE",
                                               "Print what has stars=N or more, is-official or is-automated"),
    options::option<&SearchArguments::format>(0, "format", "FORMAT", "Print as \"json\", or by a Go template"),
    options::option<&SearchArguments::limit, options::read_between<1, 100'000>>(
        0, "limit", "N", "The most results of one registry (default 25)"),
    options::flag<&SearchArguments::list_tags>(0, "list-tags", "List the tags of the repository TERM"),
    options::flag<&SearchArguments::no_trunc>(0, "no-trunc", "Print descriptions in full"),
};
constexpr options::Group kGroups[] = {
    options::group(kOptions), options::group<&SearchArguments::registry>(remote::kRegistryOptions, "Registry options")};
constexpr options::Example kExamples[] = {
    {"gantry search --filter is-official busybox", "Look for an image that docker.io answers for"},
    {"gantry search localhost:5000/", "List all that a registry of one's own has"},
};

}  // namespace

constinit const Command kSearch = options::command<run_search>({
    .name = "search",
    .summary = "Look for images in registries",
    .synopsis = "[OPTIONS] TERM",
    .description = "A TERM without a registry is looked for in the registries that registries.conf names for short "
                   "names, or in docker.io. Registries without a search of their own are asked for all that they have.",
    .examples = kExamples,
    .groups = kGroups,
    .words = options::words<&SearchArguments::words>({.name = "TERM", .least = 1, .most = 1}),
});

}  // namespace gantry::image_cli
