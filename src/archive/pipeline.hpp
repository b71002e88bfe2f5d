#pragma once

#include "archive/hash.hpp"
#include "archive/inflate.hpp"
#include "archive/ring.hpp"

#include <memory>
#include <thread>

namespace gantry::archive {

/// What a compressed stream was: its own digest, and that of what it holds (a layer's diff id).
struct StreamDigests {
  Compression compression = Compression::none;
  oci::Digest packed;
  std::uint64_t packed_size = 0;
  oci::Digest unpacked;
  std::uint64_t unpacked_size = 0;
};

/// Reads a compressed stream with all stages overlapped, so that the slowest alone decides the speed: one thread reads
/// and hashes the compressed bytes, one inflates, one hashes the result, and the caller's thread consumes it.
class Pipeline final : public Source {
 public:
  struct Options {
    std::uint64_t limit = kNoLimit;  ///< bytes that may come out
    oci::Algorithm packed = oci::Algorithm::sha256;
    oci::Algorithm unpacked = oci::Algorithm::sha256;
  };
  Pipeline(std::unique_ptr<Source> source, Options options);
  explicit Pipeline(std::unique_ptr<Source> source) : Pipeline(std::move(source), Options()) {}
  /// Gives up what has not been read. A source that waits for its peer is waited for: close the other end first.
  ~Pipeline() override;

  Result<std::size_t> read(std::span<std::byte> buffer) override { return output_.read(buffer); }

  /// Reads what the caller left, to the stream's end, and says what it all was. Once.
  Result<StreamDigests> finish();

 private:
  void read_packed();
  void inflate();
  void hash_unpacked();
  void stop();

  std::unique_ptr<Source> source_;
  Options options_;
  StreamDigests digests_;  ///< each field belongs to one thread until the threads are joined
  Ring packed_{2};         ///< read_packed, inflate
  Ring unpacked_{3};       ///< inflate, hash_unpacked, the caller
  RingSource output_{unpacked_, 2};
  std::vector<std::jthread> threads_;
};

}  // namespace gantry::archive
