#pragma once

#include "base/stream.hpp"
#include "distribution/session.hpp"
#include "distribution/upload_note.hpp"
#include "oci/document.hpp"
#include "oci/image_spec.hpp"
#include "oci/reference.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gantry::distribution {

/// One repository of a registry (distribution-spec 1.1). Errors name it and what was asked for.
class Repository {
 public:
  /// `name` is the repository's path there: "library/busybox".
  Repository(std::shared_ptr<Session> session, std::string name);

  /// "quay.io/ns/repo"
  const std::string& label() const { return label_; }
  const std::string& name() const { return name_; }
  Session& session() const { return *session_; }

  /// By tag or digest. Code::corrupt when the bytes do not match the digest that was asked for or announced.
  Result<oci::Document> manifest(const std::string& reference) const;
  /// The same without the bytes, by HEAD; nothing when it is not there.
  Result<std::optional<oci::Descriptor>> find_manifest(const std::string& reference) const;
  /// Under a tag or its digest.
  Result<> put_manifest(const oci::Document& document, const std::string& reference) const;
  Result<> delete_manifest(const oci::Digest& digest) const;

  /// The bytes of a blob. They are asked for at the first read, and again from where they stopped when the connection
  /// breaks, so that this may be opened here and read after a fork(2). More bytes than its size are Code::corrupt; the
  /// digest is the reader's to check. `from` skips the first bytes.
  Result<std::unique_ptr<Source>> blob(const oci::Descriptor& descriptor, std::uint64_t from = 0) const;
  /// The bytes from `from` up to `until`, and no others where the registry knows ranges. Nothing tells whether they are
  /// the right ones.
  Result<std::unique_ptr<Source>> blob_part(const oci::Descriptor& descriptor, std::uint64_t from,
                                            std::uint64_t until) const;
  Result<bool> has_blob(const oci::Digest& digest) const;
  /// Its size, by HEAD; nothing when it is not there. Its media type only manifests know.
  Result<std::optional<oci::Descriptor>> find_blob(const oci::Digest& digest) const;
  Result<> delete_blob(const oci::Digest& digest) const;

  /// Makes the stream of a blob, from its byte `from` on.
  using Opener = std::function<Result<std::unique_ptr<Source>>(std::uint64_t from)>;
  /// Uploads a blob, going on from what has arrived when the connection breaks, and with `note` from where an earlier
  /// process was.
  Result<> put_blob(const oci::Descriptor& descriptor, const Opener& open, UploadNote note = {}) const;
  /// Makes a blob of another repository of this registry this one's too; false when the registry would rather have the
  /// bytes.
  Result<bool> mount_blob(const oci::Digest& digest, const std::string& from_repository) const;

  Result<std::vector<std::string>> tags() const;

  /// Manifests about `subject`, with the tag schema for registries that do not know the question.
  Result<std::vector<oci::Descriptor>> referrers(const oci::Digest& subject, const std::string& artifact_type) const;

  // For the parts of this class that have a file of their own.
  std::string path(std::string_view rest) const { return "/v2/" + name_ + "/" + std::string(rest); }
  std::vector<std::string> pull_scope() const { return {"repository:" + name_ + ":pull"}; }
  std::vector<std::string> push_scope() const { return {"repository:" + name_ + ":pull,push"}; }

 private:
  Result<> add_to_tag_schema(const oci::Descriptor& descriptor, const oci::Manifest& manifest) const;

  std::shared_ptr<Session> session_;
  std::string name_;
  std::string label_;
};

/// The repositories of a registry.
Result<std::vector<std::string>> catalog(Session& session);

/// Where registries without the referrers API keep its answer: "sha256-<hex>" (distribution-spec, "Referrers Tag
/// Schema").
std::string referrers_tag(const oci::Digest& digest);

}  // namespace gantry::distribution
