#include "base/json.hpp"
#include "oci/image_spec.hpp"
#include "oci/media_types.hpp"
#include "registry/api.hpp"
#include "registry/listing.hpp"
#include "registry/reply.hpp"

namespace gantry::registry {

namespace {

constexpr std::uint64_t kReferrersPage = 1000;

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
  if (!wanted) return bad_page_size();
  if (!TRY(storage_.metadata->has_repository(route.repository)))
    return problem(404, "NAME_UNKNOWN", "there is no such repository");
  return tags_reply(route.repository, TRY(storage_.metadata->tags(route.repository, wanted->last, wanted->most)),
                    *wanted);
}

Result<serve::Response> Api::list_repositories(const Call& call) {
  const auto wanted = wanted_of(call.request);
  if (!wanted) return bad_page_size();
  auto sees = [&](std::string_view repository) { return call.caller.sees(repository); };
  return repositories_reply(TRY(storage_.metadata->repositories(wanted->last, wanted->most, sees)), *wanted);
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
