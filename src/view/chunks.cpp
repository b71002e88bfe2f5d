#include "archive/hash.hpp"
#include "archive/inflate.hpp"
#include "view/toc.hpp"

#include <algorithm>

namespace gantry::view {

namespace {

/// Pieces that lie one behind the other come over one connection.
class ChunksSource final : public Source {
 public:
  ChunksSource(const transfer::Origin& origin, const oci::Descriptor& layer, const TocEntry& file)
      : origin_(origin),
        layer_(layer),
        file_(file),
        whole_(file.digest.algorithm()),
        is_hashed_whole_(
            std::ranges::any_of(file.chunks, [](const auto& one) { return one.digest.empty() && !one.zeros; })) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    while (next_ < file_.chunks.size()) {
      const Chunk& chunk = file_.chunks[next_];
      if (done_ == 0) TRY(begin(chunk));
      if (done_ < chunk.size) return read_chunk(chunk, buffer);
      TRY(end(chunk));
      ++next_;
      done_ = 0;
    }
    if (is_hashed_whole_ && !is_checked_) {
      is_checked_ = true;
      TRY(compare(whole_.finish(), file_.digest));
    }
    return 0;
  }

 private:
  Result<> begin(const Chunk& chunk) {
    hasher_ = archive::Hasher(chunk.digest.empty() ? oci::Algorithm::sha256 : chunk.digest.algorithm());
    if (chunk.zeros) return {};
    const bool goes_on = inflater_ && chunk.at >= start_ && chunk.at < until_ && follows(chunk);
    if (goes_on) return {};
    // All pieces of the file that come next to this one.
    start_ = chunk.at;
    until_ = chunk.until;
    for (std::size_t i = next_ + 1; i < file_.chunks.size(); ++i) {
      const Chunk& later = file_.chunks[i];
      if (later.zeros) continue;
      if (later.at < start_ || later.at > until_) break;
      until_ = std::max(until_, later.until);
    }
    packed_ = TRY(origin_.open_part(layer_, start_, until_));
    inflater_ = std::make_unique<archive::Inflater>(*packed_);
    if (!TRY(skip(*inflater_, chunk.inner)))
      return fail(Code::corrupt, "{}: its bytes are not there", file_.entry.path);
    return {};
  }

  /// Whether the piece is the next thing that the inflater gives: it begins a member, or goes on within one.
  bool follows(const Chunk& chunk) const {
    const Chunk* before = nullptr;
    for (std::size_t i = 0; i < next_; ++i)
      if (!file_.chunks[i].zeros) before = &file_.chunks[i];
    if (before == nullptr) return false;
    if (chunk.at == before->at) return chunk.inner == before->inner + before->size;
    return chunk.at > before->at && chunk.inner == 0;
  }

  Result<std::size_t> read_chunk(const Chunk& chunk, std::span<std::byte> buffer) {
    std::size_t size = std::min<std::uint64_t>(buffer.size(), chunk.size - done_);
    if (chunk.zeros) std::fill_n(buffer.begin(), size, std::byte{0});
    else size = TRY(with_context(inflater_->read(buffer.first(size)), "{}", file_.entry.path));
    if (size == 0) return fail(Code::corrupt, "{}: it ends early", file_.entry.path);
    if (!chunk.digest.empty()) hasher_.update(Bytes(buffer).first(size));
    if (is_hashed_whole_) whole_.update(Bytes(buffer).first(size));
    done_ += size;
    return size;
  }

  Result<> end(const Chunk& chunk) {
    if (chunk.digest.empty()) return {};
    return compare(hasher_.finish(), chunk.digest);
  }

  Result<> compare(const oci::Digest& actual, const oci::Digest& expected) const {
    if (actual == expected) return {};
    return fail(Code::corrupt, "{}: its bytes have the digest {}, the table of contents says {}", file_.entry.path,
                actual.text(), expected.text());
  }

  const transfer::Origin& origin_;
  const oci::Descriptor& layer_;
  const TocEntry& file_;
  archive::Hasher hasher_;
  archive::Hasher whole_;
  bool is_hashed_whole_;
  bool is_checked_ = false;
  std::size_t next_ = 0;     ///< chunk
  std::uint64_t done_ = 0;   ///< bytes of it
  std::uint64_t start_ = 0;  ///< of the blob, what packed_ reads
  std::uint64_t until_ = 0;
  std::unique_ptr<Source> packed_;
  std::unique_ptr<archive::Inflater> inflater_;
};

}  // namespace

Result<std::unique_ptr<Source>> open_chunks(const transfer::Origin& origin, const oci::Descriptor& layer,
                                            const TocEntry& file) {
  return std::make_unique<ChunksSource>(origin, layer, file);
}

}  // namespace gantry::view
