#pragma once

#include "oci/digest.hpp"
#include "sql/database.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::registry {

/// A manifest or index of a repository.
struct ManifestRecord {
  oci::Digest digest;
  std::string media_type;
  std::uint64_t size = 0;
  std::string artifact_type;  ///< as referrers list it
  std::string annotations;    ///< a JSON object, or empty
};

/// How much a project may take.
struct Room {
  std::string project;
  std::uint64_t bytes = 0;  ///< 0: whatever there is room for
};

/// A blob as it comes into a repository.
struct BlobEntry {
  std::string repository;
  oci::Digest digest;
  std::uint64_t size = 0;
  Room room;
};

struct NewManifest {
  ManifestRecord record;
  std::optional<oci::Digest> subject;
  std::vector<oci::Digest> blobs;      ///< config and layers: they must be in the repository
  std::vector<oci::Digest> manifests;  ///< of an index: the same
  std::string tag;                     ///< empty: none
  bool partial = false;                ///< what it names comes when it is asked for: a copy of another registry's
  bool keep_tag = false;               ///< the tag, when it is there, stays what it is
  Room room;
};

/// A part of a sorted listing.
struct Page {
  std::vector<std::string> names;
  bool more = false;
};

/// A blob that is in a repository.
struct BlobLink {
  std::string repository;
  std::string digest;
};

/// A manifest or index with all that leads to it and from it.
struct StoredImage {
  oci::Digest digest;
  std::int64_t time = 0;  ///< when it, or a tag of it, was pushed last
  std::vector<std::string> tags;
  std::vector<oci::Digest> parts;  ///< of an index: manifests that the repository has
  std::optional<oci::Digest> subject;
};

/// What repositories hold, in SQLite. Any number of threads may use it, and other processes meanwhile.
///
/// The files of blobs and manifests come and go inside its transactions, which SQLite lets one process at a time have:
/// so a collection never takes a file that a push has just made sure of.
class Metadata {
 public:
  /// Nanoseconds after which the use of a blob is noted again.
  static constexpr std::int64_t kUseNoted = 600'000'000'000;

  static Result<std::unique_ptr<Metadata>> open(const std::string& path);

  /// Says yes or no to a name.
  using Chooses = std::function<bool(std::string_view)>;

  // A repository that does not exist has nothing in it. Code::unsupported is what a rule of the project forbids: it is
  // full, or a tag is protected.

  /// Bytes of the blob, when the repository has it. Notes that it is in use, so that a collection leaves it to whoever
  /// asks before a push.
  Result<std::optional<std::uint64_t>> use_blob(std::string_view repository, const oci::Digest& digest);
  /// The same for a blob in any repository that `may_use` says yes to.
  Result<std::optional<std::uint64_t>> find_anywhere(const oci::Digest& digest, const Chooses& may_use);
  /// Adds the blob to the repository after `publish`, which makes sure of its file.
  Result<> link_blob(const BlobEntry& entry, const std::function<Result<>()>& publish);
  /// False: it was not there.
  Result<bool> unlink_blob(std::string_view repository, const oci::Digest& digest);

  /// By tag or digest.
  Result<std::optional<ManifestRecord>> find_manifest(std::string_view repository, std::string_view reference);
  /// Adds it after `publish`. Code::not_found names what it refers to and the repository has not.
  Result<> put_manifest(std::string_view repository, const NewManifest& manifest,
                        const std::function<Result<>()>& publish);
  /// A copy of another registry's manifest is still what that one has.
  Result<> confirm_manifest(std::string_view repository, const oci::Digest& digest);
  /// With the tags that lead to it. False: it was not there.
  Result<bool> remove_manifest(std::string_view repository, const oci::Digest& digest, const Chooses& is_protected);
  Result<bool> remove_tag(std::string_view repository, std::string_view tag, const Chooses& is_protected);

  Result<bool> has_repository(std::string_view repository);
  /// Names behind `last`, at most `most`.
  Result<Page> tags(std::string_view repository, std::string_view last, std::uint64_t most);
  /// Those that `sees` says yes to.
  Result<Page> repositories(std::string_view last, std::uint64_t most, const Chooses& sees);
  /// Manifests whose subject is `subject`, behind the digest `last`; an empty `artifact_type` is any.
  Result<std::vector<ManifestRecord>> referrers(std::string_view repository, const oci::Digest& subject,
                                                std::string_view artifact_type, std::string_view last,
                                                std::uint64_t most);

  /// All that a repository has, at one moment.
  Result<std::vector<StoredImage>> images(std::string_view repository);

  /// Bytes of a project's blobs and manifests, each once.
  Result<std::uint64_t> bytes_of(std::string_view project);
  /// Whether the project is full already.
  Result<> check_room(const Room& room);

  // For collections and checks.

  /// Drops blobs from repositories where no manifest has named them and nobody has used them since `before`.
  Result<std::int64_t> drop_unused_blobs(std::int64_t before);
  /// Drops manifests that were pushed before `before` and that no tag leads to: neither by itself, nor by way of an
  /// index, nor as the subject of theirs.
  Result<std::int64_t> drop_untagged_manifests(std::int64_t before);
  /// Drops copies of other registries' manifests that were neither fetched nor confirmed since the time that `before`
  /// gives for their repository.
  Result<std::int64_t> drop_partial_manifests(const std::function<std::int64_t(std::string_view)>& before);
  /// Nobody has it any more, as a blob or as a manifest, and `remove` removes its file.
  Result<> drop_blob_everywhere(const oci::Digest& digest, const std::function<Result<>()>& remove);
  /// Of `digests`, those that no repository has are given to `remove`, inside a transaction.
  Result<> with_unreferenced(const std::vector<oci::Digest>& digests,
                             const std::function<Result<>(const oci::Digest&)>& remove);
  /// When a job that is done now and then was done last; 0: never.
  Result<std::int64_t> job_time(std::string_view job);
  Result<> note_job(std::string_view job, std::int64_t time);
  /// Every blob of every repository, and every manifest, by repository.
  Result<std::vector<BlobLink>> blob_links();
  Result<std::vector<BlobLink>> manifest_links();
  /// Blobs that a manifest names and its repository has not, though it should.
  Result<std::vector<BlobLink>> missing_parts();
  Result<std::string> integrity();
  /// It changes when another process, or another connection of this one, has written.
  Result<std::int64_t> version();

 private:
  explicit Metadata(std::string path) : path_(std::move(path)) {}

  /// A connection to the database, lent to one thread.
  class Lease;
  Result<Lease> lease();
  Result<> write(const std::function<Result<>(sql::Database&)>& change);

  std::string path_;
  std::mutex writing_;  ///< SQLite would have writers of one process poll
  std::mutex pool_mutex_;
  std::vector<std::unique_ptr<sql::Database>> pool_;
  std::unique_ptr<sql::Database> watcher_;  ///< whose view of changes version() tells
};

}  // namespace gantry::registry
