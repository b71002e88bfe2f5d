#include "distribution/repository.hpp"

#include "archive/hash.hpp"
#include "base/text.hpp"
#include "distribution/failure.hpp"
#include "oci/media_types.hpp"

namespace gantry::distribution {

namespace {

/// distribution-spec: registries should take manifests up to 4 MiB.
constexpr std::size_t kMaxManifest = 4u << 20;

std::string accepted_types() {
  return join({std::string(oci::kOciManifest), std::string(oci::kOciIndex), std::string(oci::kDockerManifest),
               std::string(oci::kDockerList)},
              ", ");
}

/// A Content-Type without its parameters.
std::string media_type_of(const http::Answer& answer) {
  return to_lower(trim(cut(answer.header("content-type"), ';').before));
}

Result<std::optional<oci::Digest>> announced_digest(const http::Answer& answer) {
  auto text = answer.header("docker-content-digest");
  if (text.empty()) return std::optional<oci::Digest>();
  return std::optional(TRY(oci::Digest::parse(text)));
}

}  // namespace

Repository::Repository(std::shared_ptr<Session> session, std::string name)
    : session_(std::move(session)), name_(std::move(name)), label_(session_->access().host + "/" + name_) {}

Result<oci::Document> Repository::manifest(const std::string& reference) const {
  auto asked = oci::Digest::parse(reference);
  std::string what = label_ + (asked ? "@" : ":") + reference;
  auto answer = TRY(
      session_->send({.url = path("manifests/" + reference), .headers = {{"Accept", accepted_types()}}}, pull_scope()));
  if (answer->status() != 200) return failure(*answer, what);
  oci::Document document;
  document.bytes = TRY(with_context(answer->text(kMaxManifest), "{}", what));
  auto expected = asked ? std::optional(*asked) : TRY(with_context(announced_digest(*answer), "{}", what));
  document.descriptor.digest =
      archive::hash_of(as_bytes(document.bytes), expected ? expected->algorithm() : oci::Algorithm::sha256);
  if (expected && *expected != document.descriptor.digest)
    return fail(Code::corrupt, "{}: its manifest has the digest {}, not {}", what, document.descriptor.digest.text(),
                expected->text());
  document.descriptor.size = static_cast<std::int64_t>(document.bytes.size());
  // Not all servers send the right one, and the document itself is what is hashed.
  document.descriptor.media_type = oci::detect_media_type(document.bytes);
  if (document.descriptor.media_type.empty()) document.descriptor.media_type = media_type_of(*answer);
  return document;
}

Result<std::optional<oci::Descriptor>> Repository::find_manifest(const std::string& reference) const {
  auto answer = TRY(session_->send(
      {.method = "HEAD", .url = path("manifests/" + reference), .headers = {{"Accept", accepted_types()}}},
      pull_scope()));
  if (answer->status() == 404) return std::optional<oci::Descriptor>();
  if (answer->status() != 200) return failure(*answer, label_ + ":" + reference);
  auto digest = TRY(with_context(announced_digest(*answer), "{}:{}", label_, reference));
  auto size = parse_unsigned(answer->header("content-length"));
  // A registry need not say: then the manifest itself does.
  if (!digest || !size) return std::optional(TRY(manifest(reference)).descriptor);
  return std::optional(oci::Descriptor{
      .media_type = media_type_of(*answer), .digest = *digest, .size = static_cast<std::int64_t>(*size)});
}

Result<> Repository::put_manifest(const oci::Document& document, const std::string& reference) const {
  auto answer = TRY(session_->send({.method = "PUT",
                                    .url = path("manifests/" + reference),
                                    .headers = {{"Content-Type", document.descriptor.media_type}},
                                    .content = document.bytes},
                                   push_scope()));
  if (answer->status() != 201 && answer->status() != 200)
    return failure(*answer, fmt::format("push manifest {} of {}", reference, label_));
  if (!oci::is_manifest(document.descriptor.media_type)) return {};
  auto manifest = TRY(oci::parse_manifest(document.bytes, "the manifest"));
  // A registry that keeps account of subjects says so; for any other it is the client's work.
  if (!manifest.subject || !answer->header("oci-subject").empty()) return {};
  return add_to_tag_schema(document.descriptor, manifest);
}

Result<> Repository::delete_manifest(const oci::Digest& digest) const {
  auto answer = TRY(session_->send({.method = "DELETE", .url = path("manifests/" + digest.text())},
                                   {"repository:" + name_ + ":pull,push,delete"}));
  if (answer->status() >= 400) return failure(*answer, fmt::format("delete {}@{}", label_, digest.text()));
  return {};
}

Result<bool> Repository::has_blob(const oci::Digest& digest) const {
  auto answer = TRY(session_->send({.method = "HEAD", .url = path("blobs/" + digest.text())}, pull_scope()));
  if (answer->status() == 404) return false;
  if (answer->status() != 200) return failure(*answer, fmt::format("blob {} of {}", digest.text(), label_));
  return true;
}

Result<std::optional<oci::Descriptor>> Repository::find_blob(const oci::Digest& digest) const {
  std::string what = fmt::format("blob {} of {}", digest.text(), label_);
  auto answer = TRY(session_->send({.method = "HEAD", .url = path("blobs/" + digest.text())}, pull_scope()));
  if (answer->status() == 404) return std::optional<oci::Descriptor>();
  if (answer->status() != 200) return failure(*answer, what);
  auto size = parse_unsigned(answer->header("content-length"));
  if (!size || *size > INT64_MAX) return fail(Code::corrupt, "{}: the registry does not say how large it is", what);
  return std::optional(oci::Descriptor{
      .media_type = "application/octet-stream", .digest = digest, .size = static_cast<std::int64_t>(*size)});
}

Result<> Repository::delete_blob(const oci::Digest& digest) const {
  auto answer = TRY(session_->send({.method = "DELETE", .url = path("blobs/" + digest.text())},
                                   {"repository:" + name_ + ":pull,push,delete"}));
  if (answer->status() >= 400) return failure(*answer, fmt::format("delete blob {} of {}", digest.text(), label_));
  return {};
}

}  // namespace gantry::distribution
