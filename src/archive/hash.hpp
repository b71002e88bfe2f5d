#pragma once

#include "base/stream.hpp"
#include "oci/digest.hpp"

#include <memory>

struct evp_md_ctx_st;

namespace gantry::archive {

/// Hashes a stream of bytes with OpenSSL, which uses the processor's SHA instructions.
/// OpenSSL is touched at the first use only: its first hash costs about a millisecond.
class Hasher {
 public:
  explicit Hasher(oci::Algorithm algorithm = oci::Algorithm::sha256) : algorithm_(algorithm) {}

  void update(Bytes data);
  /// The digest of all that was given; the hasher then begins anew.
  oci::Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  void start();

  oci::Algorithm algorithm_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

oci::Digest hash_of(Bytes data, oci::Algorithm algorithm = oci::Algorithm::sha256);

/// Passes bytes on, hashing and counting them.
class HashingSink final : public Sink {
 public:
  explicit HashingSink(Sink& next, oci::Algorithm algorithm = oci::Algorithm::sha256)
      : next_(next), hasher_(algorithm) {}
  Result<> write(Bytes data) override;

  std::uint64_t size() const { return size_; }
  oci::Digest finish() { return hasher_.finish(); }

 private:
  Sink& next_;
  Hasher hasher_;
  std::uint64_t size_ = 0;
};

}  // namespace gantry::archive
