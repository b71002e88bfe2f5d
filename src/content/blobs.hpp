#pragma once

#include "base/fd.hpp"
#include "content/scratch.hpp"
#include "oci/digest.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::content {

/// A blob that is being written. Unless it is committed nothing is left of it.
class Ingest {
 public:
  const Fd& fd() const { return scratch_.fd(); }
  /// Flushes it to disk and gives it its name. The caller has made sure that the bytes have this digest.
  Result<> commit(const oci::Digest& digest);

 private:
  friend class Blobs;
  Ingest(Scratch scratch, std::string root) : scratch_(std::move(scratch)), root_(std::move(root)) {}

  Scratch scratch_;
  std::string root_;
};

/// The blobs of an OCI image layout (image-spec image-layout.md): files named by the digest of their bytes.
/// Holds no state but the path; any number of processes may use one layout.
class Blobs {
 public:
  /// For a layout that is there; see create().
  explicit Blobs(std::string root) : root_(std::move(root)) {}

  /// Makes what is missing of a layout: the folder, `blobs`, `tmp`, an empty `index.json` and `oci-layout`.
  static Result<Blobs> create(const std::string& root);

  const std::string& root() const { return root_; }
  /// Where the blob is, if it is there.
  std::string path(const oci::Digest& digest) const;
  bool has(const oci::Digest& digest) const;
  /// Bytes; Code::not_found names the blob.
  Result<std::uint64_t> size(const oci::Digest& digest) const;
  Result<Fd> open(const oci::Digest& digest) const;
  /// A manifest, config or other small blob. Code::corrupt when it is larger than `limit`.
  Result<std::string> read(const oci::Digest& digest, std::size_t limit = 4u << 20) const;

  Result<Ingest> begin() const;
  /// Adds a small blob; fine when it is there already. The caller has made sure that the digest is right.
  Result<> put(const oci::Digest& digest, std::string_view bytes) const;
  /// A missing blob is fine.
  Result<> remove(const oci::Digest& digest) const;
  /// Every blob; names that are no digest are passed over.
  Result<std::vector<oci::Digest>> list() const;

 private:
  std::string root_;
};

}  // namespace gantry::content
