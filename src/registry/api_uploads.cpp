#include "registry/api.hpp"
#include "registry/names.hpp"
#include "registry/range.hpp"
#include "registry/reply.hpp"
#include "registry/rules.hpp"

namespace gantry::registry {

namespace {

serve::Response unknown_upload() { return problem(404, "BLOB_UPLOAD_UNKNOWN", "there is no such upload"); }

serve::Response bad_digest(std::string_view why) { return problem(400, "DIGEST_INVALID", why); }

serve::Response created(const Route& route, const oci::Digest& digest) {
  auto response = reply(201);
  response.add("Location", fmt::format("/v2/{}/blobs/{}", route.repository, digest.text()))
      .add("Docker-Content-Digest", digest.text());
  return response;
}

/// Where the upload goes on. `Range` names the last byte that is here, and "0-0" also stands for none.
serve::Response& add_place(serve::Response& response, const Route& route, std::string_view id, std::uint64_t size) {
  return response.add("Location", fmt::format("/v2/{}/blobs/uploads/{}", route.repository, id))
      .add("Range", fmt::format("0-{}", size == 0 ? 0 : size - 1))
      .add("Docker-Upload-UUID", id);
}

/// A session that is there; the answer instead, when there is none.
std::optional<serve::Response> refusal(const Result<Uploads::Session>& session) {
  if (session) return std::nullopt;
  if (session.error().code() == Code::not_found) return unknown_upload();
  if (session.error().code() == Code::busy) return problem(409, "BLOB_UPLOAD_INVALID", session.error().text());
  return problem_of(session.error());
}

/// Why a chunk cannot be taken: it begins elsewhere than the last one ended, or its two lengths differ.
std::optional<serve::Response> check_chunk(const serve::Request& request, const Route& route,
                                           const Uploads::Session& session) {
  const auto field = request.field("content-range");
  if (!field) return std::nullopt;
  const auto range = parse_content_range(*field);
  if (!range) return problem(400, "BLOB_UPLOAD_INVALID", "Content-Range is not of the form 0-99");
  if (range->first != session.size()) {
    auto response = problem(416, "BLOB_UPLOAD_INVALID", "the chunk does not begin where the last one ended");
    add_place(response, route, session.id(), session.size());
    return response;
  }
  if (request.content_length && *request.content_length != range->size)
    return problem(400, "SIZE_INVALID", "Content-Range and Content-Length differ");
  return std::nullopt;
}

/// Adds the body; a chunk of another length than it says is taken away again.
Result<std::optional<serve::Response>> append(const serve::Request& request, Uploads::Session& session, Source& body) {
  const std::uint64_t before = session.size();
  auto appended = session.append(body);
  // What does not fit must not keep the disk full until it expires.
  if (!appended && appended.error().code() == Code::no_space) best_effort(session.cancel());
  TRY(std::move(appended));
  const auto field = request.field("content-range");
  const auto range = field ? parse_content_range(*field) : std::nullopt;
  if (!range || session.size() - before == range->size) return std::nullopt;
  TRY(session.truncate(before));
  return std::optional(problem(400, "SIZE_INVALID", "the chunk has another length than it says"));
}

}  // namespace

/// The size of a blob that the caller may pull. One that may not be pulled is not there: whether it exists is nobody's
/// business who only knows its digest.
Result<std::optional<std::uint64_t>> Api::find_to_mount(const Call& call, const oci::Digest& digest) {
  auto may_pull = [&](std::string_view name) { return call.caller.may(accounts::Right::pull, name); };
  const auto from = serve::query_value(call.request.query, "from");
  if (!from) return storage_.metadata->find_anywhere(digest, may_pull);
  if (!is_repository(*from) || !may_pull(*from)) return std::nullopt;
  // Noted as in use there, so that it stays until it is in this repository.
  return storage_.metadata->use_blob(*from, digest);
}

Result<std::optional<serve::Response>> Api::mount(const Call& call) {
  const auto& [request, route, caller] = call;
  const auto wanted = serve::query_value(request.query, "mount");
  if (!wanted) return std::nullopt;
  const auto digest = oci::Digest::parse(*wanted);
  if (!digest) return std::optional(bad_digest("this is no digest that is known here"));
  const auto size = TRY(find_to_mount(call, *digest));
  if (!size) return std::nullopt;
  const BlobEntry entry{route.repository, *digest, *size, room_of(caller, route.repository)};
  auto linked = storage_.metadata->link_blob(entry, [&]() -> Result<> {
    if (!storage_.blobs.has(*digest)) return fail(Code::not_found, "the blob {} is gone", digest->text());
    return {};
  });
  if (!linked && linked.error().code() == Code::not_found) return std::nullopt;
  if (auto broken = broken_rule(linked)) return broken;
  TRY(std::move(linked));
  return std::optional(created(route, *digest));
}

Result<serve::Response> Api::start_upload(const Call& call, Source& body) {
  const auto& [request, route, caller] = call;
  if (auto mounted = TRY(mount(call))) return std::move(*mounted);
  if (auto full = broken_rule(storage_.metadata->check_room(room_of(caller, route.repository))))
    return std::move(*full);
  const auto wanted = serve::query_value(request.query, "digest");
  std::optional<oci::Digest> digest;
  if (wanted) {
    auto parsed = oci::Digest::parse(*wanted);
    if (!parsed) return bad_digest("this is no digest that is known here");
    digest = std::move(*parsed);
  }
  const std::string id = TRY(storage_.uploads->begin(route.repository));
  if (!digest) {
    auto response = reply(202);
    add_place(response, route, id, 0);
    return response;
  }
  // All at once: nobody knows of the upload, so nothing of it stays when it fails.
  auto session = TRY(storage_.uploads->open(route.repository, id));
  auto appended = session.append(body);
  if (!appended) {
    best_effort(session.cancel());
    return std::move(appended.error());
  }
  return commit(session, call, *digest);
}

Result<serve::Response> Api::add_chunk(const Request& request, const Route& route, Source& body) {
  auto session = storage_.uploads->open(route.repository, route.reference);
  if (auto refused = refusal(session)) return std::move(*refused);
  if (auto refused = check_chunk(request, route, *session)) return std::move(*refused);
  if (auto refused = TRY(append(request, *session, body))) return std::move(*refused);
  auto response = reply(202);
  add_place(response, route, session->id(), session->size());
  return response;
}

Result<serve::Response> Api::finish_upload(const Call& call, Source& body) {
  const auto& [request, route, caller] = call;
  const auto wanted = serve::query_value(request.query, "digest");
  const auto digest = oci::Digest::parse(wanted.value_or(""));
  if (!digest) return bad_digest("an upload ends with a digest that is known here");
  auto session = storage_.uploads->open(route.repository, route.reference);
  if (auto refused = refusal(session)) return std::move(*refused);
  if (auto refused = check_chunk(request, route, *session)) return std::move(*refused);
  if (auto refused = TRY(append(request, *session, body))) return std::move(*refused);
  return commit(*session, call, *digest);
}

Result<serve::Response> Api::commit(Uploads::Session& session, const Call& call, const oci::Digest& digest) {
  const auto& route = call.route;
  const BlobEntry entry{route.repository, digest, session.size(), room_of(call.caller, route.repository)};
  auto finished = session.finish(digest, storage_.blobs.path(digest),
                                 [&](const auto& publish) { return storage_.metadata->link_blob(entry, publish); });
  if (auto broken = broken_rule(finished)) {
    best_effort(session.cancel());
    return std::move(*broken);
  }
  if (!finished && finished.error().code() == Code::corrupt) return bad_digest(finished.error().text());
  TRY(std::move(finished));
  return created(route, digest);
}

Result<serve::Response> Api::upload_status(const Route& route) {
  auto session = storage_.uploads->open(route.repository, route.reference);
  if (auto refused = refusal(session)) return std::move(*refused);
  auto response = reply(204);
  add_place(response, route, session->id(), session->size());
  return response;
}

Result<serve::Response> Api::cancel_upload(const Route& route) {
  auto session = storage_.uploads->open(route.repository, route.reference);
  if (auto refused = refusal(session)) return std::move(*refused);
  TRY(session->cancel());
  return reply(204);
}

}  // namespace gantry::registry
