#include "distribution/search.hpp"

#include "base/json.hpp"
#include "distribution/failure.hpp"
#include "distribution/repository.hpp"
#include "http/url.hpp"

#include <boost/describe/class.hpp>

#include <optional>

namespace gantry::distribution {

namespace {

/// One result of GET /v1/search, Docker's oldest API, which is all that docker.io has for it.
struct OldHit {
  std::string name;
  std::string description;
  std::int64_t star_count = 0;
  bool is_official = false;
  bool is_automated = false;
};
BOOST_DESCRIBE_STRUCT(OldHit, (), (name, description, star_count, is_official, is_automated))
constexpr json::Options json_options(const OldHit*) { return {.style = json::Style::snake}; }

struct OldHits {
  std::vector<OldHit> results;
};
BOOST_DESCRIBE_STRUCT(OldHits, (), (results))

/// Nothing when the registry has no such search.
Result<std::optional<std::vector<SearchHit>>> search_index(Session& session, const std::string& term,
                                                           std::size_t limit) {
  std::string url = http::with_parameter("/v1/search", "q", term);
  if (limit > 0) url = http::with_parameter(std::move(url), "n", std::to_string(limit));
  auto answer = TRY(session.send({.url = url}, {}));
  if (answer->status() != 200) return std::optional<std::vector<SearchHit>>();
  auto decoded = json::decode<OldHits>(TRY(answer->text()), "the search");
  if (!decoded) return std::optional<std::vector<SearchHit>>();  // a page for people
  std::vector<SearchHit> hits;
  for (auto& hit : decoded->results)
    hits.push_back({.name = std::move(hit.name),
                    .description = std::move(hit.description),
                    .stars = hit.star_count,
                    .official = hit.is_official,
                    .automated = hit.is_automated});
  return std::optional(std::move(hits));
}

}  // namespace

Result<std::vector<SearchHit>> search(Session& session, const std::string& term, std::size_t limit) {
  std::vector<SearchHit> hits;
  if (auto found = term.empty() ? std::nullopt : TRY(search_index(session, term, limit))) {
    hits = std::move(*found);
  } else {
    for (auto& repository : TRY(catalog(session)))
      if (repository.contains(term)) hits.push_back({.name = std::move(repository)});
  }
  if (limit > 0 && hits.size() > limit) hits.resize(limit);
  return hits;
}

}  // namespace gantry::distribution
