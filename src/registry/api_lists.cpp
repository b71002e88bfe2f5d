#include "base/json.hpp"
#include "base/text.hpp"
#include "oci/image_spec.hpp"
#include "oci/media_types.hpp"
#include "registry/api.hpp"
#include "registry/reply.hpp"

#include <boost/describe/class.hpp>

#include <algorithm>

namespace gantry::registry {

namespace {

constexpr std::uint64_t kLongestPage = 10'000;
constexpr std::uint64_t kReferrersPage = 1000;

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

/// What a request wants of a listing: `n` names behind `last`.
struct Wanted {
  std::uint64_t most = kLongestPage;
  std::string last;
};

/// Nothing: `n` is no number.
std::optional<Wanted> wanted_of(const serve::Request& request) {
  Wanted wanted{.last = serve::query_value(request.query, "last").value_or("")};
  if (const auto text = serve::query_value(request.query, "n")) {
    const auto most = parse_unsigned(*text);
    if (!most) return std::nullopt;
    wanted.most = std::min(*most, kLongestPage);
  }
  return wanted;
}

serve::Response bad_number() { return problem(400, "PAGINATION_NUMBER_INVALID", "n is no number"); }

/// RFC 5988, as distribution-spec wants it for the next page. Names need no %XX: they have none of URL's characters.
void add_next(serve::Response& response, std::string_view path, const Page& page, const Wanted& wanted) {
  if (!page.more || page.names.empty()) return;
  response.add("Link", fmt::format("<{}?last={}&n={}>; rel=\"next\"", path, page.names.back(), wanted.most));
}

oci::Descriptor descriptor_of(const ManifestRecord& record) {
  oci::Descriptor descriptor;
  descriptor.media_type = record.media_type;
  descriptor.digest = record.digest;
  descriptor.size = static_cast<std::int64_t>(record.size);
  descriptor.artifact_type = record.artifact_type;
  if (!record.annotations.empty())
    if (auto annotations = json::decode<oci::Annotations>(record.annotations, "annotations"))
      descriptor.annotations = std::move(*annotations);
  return descriptor;
}

}  // namespace

Result<serve::Response> Api::list_tags(const Request& request, const Route& route) {
  const auto wanted = wanted_of(request);
  if (!wanted) return bad_number();
  if (!TRY(storage_.metadata->has_repository(route.repository)))
    return problem(404, "NAME_UNKNOWN", "there is no such repository");
  const auto page = TRY(storage_.metadata->tags(route.repository, wanted->last, wanted->most));
  auto response = json_reply(200, json::encode(TagList{route.repository, page.names}) + "\n");
  add_next(response, fmt::format("/v2/{}/tags/list", route.repository), page, *wanted);
  return response;
}

Result<serve::Response> Api::list_repositories(const Request& request) {
  const auto wanted = wanted_of(request);
  if (!wanted) return bad_number();
  const auto page = TRY(storage_.metadata->repositories(wanted->last, wanted->most));
  auto response = json_reply(200, json::encode(RepositoryList{page.names}) + "\n");
  add_next(response, "/v2/_catalog", page, *wanted);
  return response;
}

Result<serve::Response> Api::list_referrers(const Request& request, const Route& route) {
  const auto subject = oci::Digest::parse(route.reference);
  if (!subject) return problem(400, "DIGEST_INVALID", "this is no digest that is known here");
  const std::string type = serve::query_value(request.query, "artifactType").value_or("");
  const std::string last = serve::query_value(request.query, "last").value_or("");
  auto records = TRY(storage_.metadata->referrers(route.repository, *subject, type, last, kReferrersPage + 1));
  const bool more = records.size() > kReferrersPage;
  if (more) records.resize(kReferrersPage);

  oci::Index index;
  index.media_type = oci::kOciIndex;
  for (const auto& record : records) index.manifests.push_back(descriptor_of(record));
  auto response = reply(200);
  response.add("Content-Type", oci::kOciIndex);
  response.body = oci::write_index(index);
  if (!type.empty()) response.add("OCI-Filters-Applied", "artifactType");
  if (more) {
    const std::string filter = type.empty() ? "" : "&artifactType=" + serve::encode_percent(type);
    response.add("Link", fmt::format("</v2/{}/referrers/{}?last={}{}>; rel=\"next\"", route.repository, subject->text(),
                                     records.back().digest.text(), filter));
  }
  return response;
}

}  // namespace gantry::registry
