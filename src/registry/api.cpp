#include "registry/api.hpp"

#include "oci/reference.hpp"
#include "registry/names.hpp"
#include "registry/reply.hpp"
#include "registry/rights.hpp"
#include "registry/stored.hpp"

namespace gantry::registry {

using serve::Method;

namespace {

serve::Response not_allowed(std::string_view allowed) {
  auto response = problem(405, "UNSUPPORTED", "this cannot be done here");
  response.add("Allow", allowed);
  return response;
}

}  // namespace

std::optional<serve::Response> Api::answer_at_once(const Call& call) {
  const Request& request = call.request;
  if (!reads(request.method) || !request.query.empty()) return std::nullopt;
  const auto stored = answers_.find(request.path);
  if (!stored) return std::nullopt;
  // Who asks whether a blob is here may be about to rely on it: that is noted, see Metadata::use_blob.
  if (request.method == Method::head && std::holds_alternative<serve::FileRange>(stored->response.body))
    return std::nullopt;
  return select(request, *stored);
}

serve::Response Api::handle(const Call& call, Source& body) {
  auto response = dispatch(call, body);
  return response ? std::move(*response) : problem_of(response.error());
}

Result<serve::Response> Api::dispatch(const Call& call, Source& body) {
  const auto& [request, route, caller] = call;
  using Kind = Route::Kind;
  if (route.kind == Kind::none) return problem(404, "NAME_UNKNOWN", "there is nothing of this name");
  if (!route.repository.empty() || (route.kind != Kind::base && route.kind != Kind::catalog))
    if (!is_repository(route.repository)) return problem(400, "NAME_INVALID", "this is no name of a repository");
  if (settings_.read_only && !reads(request.method))
    return problem(405, "UNSUPPORTED", "this registry takes no changes");
  switch (route.kind) {
    case Kind::manifest:
      return dispatch_manifest(call, body);
    case Kind::blob:
      return dispatch_blob(request, route);
    case Kind::uploads:
    case Kind::upload:
      return dispatch_upload(call, body);
    default:
      break;
  }
  if (!reads(request.method)) return not_allowed("GET, HEAD");
  if (route.kind == Kind::tags) return list_tags(request, route);
  if (route.kind == Kind::catalog) return list_repositories(call);
  if (route.kind == Kind::referrers) return list_referrers(request, route);
  return json_reply(200, "{}\n");
}

Result<serve::Response> Api::dispatch_manifest(const Call& call, Source& body) {
  const auto& [request, route, caller] = call;
  if (!oci::is_tag(route.reference) && !oci::Digest::parse(route.reference)) {
    if (route.reference.find(':') != std::string::npos)
      return problem(400, "DIGEST_INVALID", "this is no digest that is known here");
    return problem(reads(request.method) ? 404 : 400, reads(request.method) ? "MANIFEST_UNKNOWN" : "TAG_INVALID",
                   "this is no tag");
  }
  switch (request.method) {
    case Method::get:
    case Method::head:
      return get_manifest(request, route);
    case Method::put:
      return put_manifest(call, body);
    case Method::delete_:
      return delete_manifest(call);
    default:
      return not_allowed("GET, HEAD, PUT, DELETE");
  }
}

Result<serve::Response> Api::dispatch_blob(const Request& request, const Route& route) {
  const auto digest = oci::Digest::parse(route.reference);
  if (!digest) return problem(400, "DIGEST_INVALID", "this is no digest that is known here");
  if (reads(request.method)) return get_blob(request, route, *digest);
  if (request.method == Method::delete_) return delete_blob(route, *digest);
  return not_allowed("GET, HEAD, DELETE");
}

Result<serve::Response> Api::dispatch_upload(const Call& call, Source& body) {
  const auto& [request, route, caller] = call;
  if (route.kind == Route::Kind::uploads)
    return request.method == Method::post ? start_upload(call, body) : not_allowed("POST");
  auto answer = [&]() -> Result<Response> {
    switch (request.method) {
      case Method::get:
      case Method::head:
        return upload_status(route);
      case Method::patch:
        return add_chunk(request, route, body);
      case Method::put:
        return finish_upload(call, body);
      case Method::delete_:
        return cancel_upload(route);
      default:
        return not_allowed("GET, PATCH, PUT, DELETE");
    }
  }();
  return answer;
}

}  // namespace gantry::registry
