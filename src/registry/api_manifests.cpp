#include "archive/hash.hpp"
#include "registry/api.hpp"
#include "registry/document.hpp"
#include "registry/reply.hpp"
#include "registry/rules.hpp"
#include "registry/stored.hpp"

namespace gantry::registry {

namespace {

serve::Response unknown_manifest() { return problem(404, "MANIFEST_UNKNOWN", "there is no such manifest"); }

std::string path_of(const Route& route, std::string_view reference) {
  return fmt::format("/v2/{}/manifests/{}", route.repository, reference);
}

}  // namespace

Result<serve::Response> Api::get_manifest(const Request& request, const Route& route) {
  const auto moment = answers_.moment();
  const auto record = TRY(storage_.metadata->find_manifest(route.repository, route.reference));
  if (!record) return unknown_manifest();
  auto bytes = TRY(storage_.blobs.read(record->digest, kMaxManifest));
  const auto stored = manifest_answer(record->digest, record->media_type, std::move(bytes));
  if (request.path.find('%') == std::string_view::npos) answers_.remember(request.path, stored, moment);
  return select(request, *stored);
}

Result<serve::Response> Api::put_manifest(const Call& call, Source& body) {
  const auto& [request, route, caller] = call;
  const auto bytes = TRY(read_text(body, kMaxManifest));
  if (!bytes) return problem(413, "SIZE_INVALID", "a manifest has 4 MiB at most");
  auto manifest = read_manifest(request.field("content-type").value_or(""), *bytes);
  if (!manifest) return problem(400, "MANIFEST_INVALID", manifest.error().text());
  auto& digest = manifest->record.digest;
  if (const auto wanted = oci::Digest::parse(route.reference)) {
    digest = archive::hash_of(as_bytes(*bytes), wanted->algorithm());
    if (digest != *wanted)
      return problem(400, "DIGEST_INVALID", fmt::format("the manifest has the digest {}", digest.text()));
  } else {
    digest = archive::hash_of(as_bytes(*bytes));
    manifest->tag = route.reference;
    manifest->keep_tag = protects(caller, route.repository, route.reference);
  }
  manifest->room = room_of(caller, route.repository);
  auto put =
      storage_.metadata->put_manifest(route.repository, *manifest, [&] { return storage_.blobs.put(digest, *bytes); });
  if (!put && put.error().code() == Code::not_found) return problem(404, "MANIFEST_BLOB_UNKNOWN", put.error().text());
  if (auto broken = broken_rule(put)) return std::move(*broken);
  TRY(std::move(put));
  answers_.forget(path_of(route, route.reference));
  answers_.forget(path_of(route, digest.text()));

  auto response = reply(201);
  response.add("Location", path_of(route, digest.text())).add("Docker-Content-Digest", digest.text());
  if (manifest->subject) response.add("OCI-Subject", manifest->subject->text());
  return response;
}

Result<serve::Response> Api::delete_manifest(const Call& call) {
  const auto& [request, route, caller] = call;
  const auto digest = oci::Digest::parse(route.reference);
  auto is_protected = [&](std::string_view tag) { return protects(caller, route.repository, tag); };
  auto outcome = digest ? storage_.metadata->remove_manifest(route.repository, *digest, is_protected)
                        : storage_.metadata->remove_tag(route.repository, route.reference, is_protected);
  if (auto broken = broken_rule(outcome)) return std::move(*broken);
  const bool removed = TRY(std::move(outcome));
  // Of a manifest the tags have gone too.
  if (digest) answers_.forget_all();
  else answers_.forget(path_of(route, route.reference));
  if (!removed) return unknown_manifest();
  return reply(202);
}

}  // namespace gantry::registry
