#include "registry/stored.hpp"

#include "registry/range.hpp"
#include "registry/reply.hpp"

namespace gantry::registry {

namespace {

std::shared_ptr<Answers::Stored> answer(const oci::Digest& digest, std::string_view type) {
  auto stored = std::make_shared<Answers::Stored>();
  stored->digest = digest.text();
  stored->response = reply(200);
  stored->response.add("Content-Type", type)
      .add("Docker-Content-Digest", stored->digest)
      .add("ETag", "\"" + stored->digest + "\"");
  return stored;
}

}  // namespace

std::shared_ptr<Answers::Stored> blob_answer(const oci::Digest& digest, Fd file, std::uint64_t size) {
  auto stored = answer(digest, "application/octet-stream");
  stored->response.add("Accept-Ranges", "bytes").add("Cache-Control", "max-age=31536000");
  stored->response.body = serve::FileRange{std::make_shared<const Fd>(std::move(file)), 0, size};
  return stored;
}

std::shared_ptr<Answers::Stored> manifest_answer(const oci::Digest& digest, std::string_view media_type,
                                                 std::string bytes) {
  auto stored = answer(digest, media_type);
  stored->response.body = std::make_shared<const std::string>(std::move(bytes));
  return stored;
}

serve::Response select(const serve::Request& request, const Answers::Stored& stored) {
  serve::Response response = stored.response;
  if (const auto known = request.field("if-none-match");
      known && known->find(stored.digest) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  auto* file = std::get_if<serve::FileRange>(&response.body);
  const auto wanted = request.field("range");
  if (file == nullptr || !wanted) return response;
  const auto [kind, range] = parse_range(*wanted, file->size);
  if (kind == RangeKind::whole) return response;
  if (kind == RangeKind::unsatisfiable) {
    auto refused = problem(416, "BLOB_UPLOAD_INVALID", "the range begins behind the end of the blob");
    refused.add("Content-Range", fmt::format("bytes */{}", file->size));
    return refused;
  }
  response.status = 206;
  response.add("Content-Range", fmt::format("bytes {}-{}/{}", range.first, range.first + range.size - 1, file->size));
  file->offset = range.first;
  file->size = range.size;
  return response;
}

}  // namespace gantry::registry
