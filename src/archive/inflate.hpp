#pragma once

#include "archive/compression.hpp"
#include "archive/decoder.hpp"
#include "base/stream.hpp"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

namespace gantry::archive {

inline constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

/// Reads what a gzip, zstd or plain stream holds; which of them it is, its first bytes tell.
/// All members of a gzip and all frames of a zstd stream are joined; zeros after the last are passed over, any other
/// bytes there, damage and a stream that stops early are Code::corrupt.
class Inflater final : public Source {
 public:
  /// `source` outlives it. More than `limit` bytes of output are Code::no_space: a bomb.
  explicit Inflater(Source& source, std::uint64_t limit = kNoLimit) : source_(source), limit_(limit) {}
  /// With a decoder of the caller's choice.
  Inflater(Source& source, Compression compression, std::unique_ptr<Decoder> decoder)
      : source_(source), limit_(kNoLimit), compression_(compression), decoder_(std::move(decoder)) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override;

  /// Known after the first read().
  Compression compression() const { return compression_.value_or(Compression::none); }

 private:
  Result<> detect();
  Result<bool> fill();
  Result<bool> begin_member();
  Result<std::size_t> read_plain(std::span<std::byte> buffer);
  Result<std::size_t> decode(std::span<std::byte> buffer);

  Source& source_;
  std::uint64_t limit_;
  std::uint64_t made_ = 0;
  std::optional<Compression> compression_;
  std::unique_ptr<Decoder> decoder_;
  std::unique_ptr<std::byte[]> buffer_;
  Bytes ahead_;
  bool in_member_ = true;
  bool ended_ = false;
};

}  // namespace gantry::archive
