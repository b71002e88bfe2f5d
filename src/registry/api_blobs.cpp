#include "registry/api.hpp"
#include "registry/reply.hpp"
#include "registry/stored.hpp"

namespace gantry::registry {

namespace {

serve::Response unknown_blob() { return problem(404, "BLOB_UNKNOWN", "this blob is not in this repository"); }

}  // namespace

Result<serve::Response> Api::get_blob(const Request& request, const Route& route, const oci::Digest& digest) {
  const auto moment = answers_.moment();
  auto size = TRY(storage_.metadata->use_blob(route.repository, digest));
  if (!size) {
    const auto manifest = TRY(storage_.metadata->find_manifest(route.repository, digest.text()));
    if (!manifest) return unknown_blob();
    size = manifest->size;
  }
  auto file = storage_.blobs.open(digest);
  if (!file && file.error().code() == Code::not_found) return unknown_blob();
  const auto stored = blob_answer(digest, TRY(std::move(file)), *size);
  if (request.path.find('%') == std::string_view::npos) answers_.remember(request.path, stored, moment);
  return select(request, *stored);
}

Result<serve::Response> Api::delete_blob(const Route& route, const oci::Digest& digest) {
  const bool removed = TRY(storage_.metadata->unlink_blob(route.repository, digest));
  answers_.forget(fmt::format("/v2/{}/blobs/{}", route.repository, digest.text()));
  if (!removed) return unknown_blob();
  return reply(202);
}

}  // namespace gantry::registry
