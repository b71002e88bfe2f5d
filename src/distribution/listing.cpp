#include "base/json.hpp"
#include "base/text.hpp"
#include "distribution/failure.hpp"
#include "distribution/headers.hpp"
#include "distribution/repository.hpp"
#include "http/url.hpp"

#include <boost/describe/class.hpp>

namespace gantry::distribution {

namespace {

struct Tags {
  std::vector<std::string> tags;
};
BOOST_DESCRIBE_STRUCT(Tags, (), (tags))

struct Repositories {
  std::vector<std::string> repositories;
};
BOOST_DESCRIBE_STRUCT(Repositories, (), (repositories))

/// A listing that goes on longer than this is no listing.
constexpr int kMaxPages = 10'000;

/// Where the list goes on; empty: it is the last page.
std::string next_page(const http::Answer& answer) {
  for (auto header : answer.headers("link"))
    if (auto target = next_link(header); !target.empty()) return http::resolve(answer.url(), target);
  return {};
}

template <class Page>
Result<std::vector<std::string>> list(Session& session, std::string url, const std::vector<std::string>& scopes,
                                      std::vector<std::string> Page::*member, const std::string& what) {
  std::vector<std::string> all;
  for (int page = 0; !url.empty(); ++page) {
    if (page == kMaxPages) return fail(Code::corrupt, "{}: the list does not end", what);
    auto answer = TRY(session.send({.url = url}, scopes));
    if (answer->status() != 200) return failure(*answer, what);
    auto document = TRY(json::decode<Page>(TRY(answer->text()), what));
    for (auto& item : document.*member) all.push_back(std::move(item));
    url = next_page(*answer);
  }
  return all;
}

}  // namespace

Result<std::vector<std::string>> Repository::tags() const {
  return list(*session_, path("tags/list"), pull_scope(), &Tags::tags, "tags of " + label_);
}

Result<std::vector<std::string>> catalog(Session& session) {
  return list(session, "/v2/_catalog", {"registry:catalog:*"}, &Repositories::repositories,
              "catalog of " + session.access().host);
}

}  // namespace gantry::distribution
