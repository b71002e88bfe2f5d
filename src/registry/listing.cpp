#include "registry/listing.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "registry/reply.hpp"

#include <boost/describe/class.hpp>

#include <algorithm>

namespace gantry::registry {

namespace {

constexpr std::uint64_t kLongestPage = 10'000;

struct TagList {
  std::string name;
  std::vector<std::string> tags;
};
BOOST_DESCRIBE_STRUCT(TagList, (), (name, tags))
constexpr json::Options json_options(const TagList*) { return {.required = {"name", "tags"}}; }

struct RepositoryList {
  std::vector<std::string> repositories;
};
BOOST_DESCRIBE_STRUCT(RepositoryList, (), (repositories))
constexpr json::Options json_options(const RepositoryList*) { return {.required = {"repositories"}}; }

/// RFC 5988, as distribution-spec wants it for the next page. Names need no %XX: they have none of URL's characters.
serve::Response with_next(serve::Response response, std::string_view path, const Page& page, const Wanted& wanted) {
  if (page.more && !page.names.empty())
    response.add("Link", fmt::format("<{}?last={}&n={}>; rel=\"next\"", path, page.names.back(), wanted.most));
  return response;
}

}  // namespace

std::optional<Wanted> wanted_of(const serve::Request& request) {
  Wanted wanted{kLongestPage, serve::query_value(request.query, "last").value_or("")};
  if (const auto text = serve::query_value(request.query, "n")) {
    const auto most = parse_unsigned(*text);
    if (!most) return std::nullopt;
    wanted.most = std::min(*most, kLongestPage);
  }
  return wanted;
}

serve::Response bad_page_size() { return problem(400, "PAGINATION_NUMBER_INVALID", "n is no number"); }

serve::Response tags_reply(std::string_view repository, const Page& page, const Wanted& wanted) {
  auto response = json_reply(200, json::encode(TagList{std::string(repository), page.names}) + "\n");
  return with_next(std::move(response), fmt::format("/v2/{}/tags/list", repository), page, wanted);
}

serve::Response repositories_reply(const Page& page, const Wanted& wanted) {
  return with_next(json_reply(200, json::encode(RepositoryList{page.names}) + "\n"), "/v2/_catalog", page, wanted);
}

}  // namespace gantry::registry
