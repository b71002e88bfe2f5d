#include "archive/pipeline.hpp"

namespace gantry::archive {

namespace {

// The second stage of each ring.
constexpr std::size_t kInflate = 1;
constexpr std::size_t kHash = 1;

/// Fills a ring from a source: a buffer goes on when it is full, so that a stream of small reads costs few wake-ups.
template <class Seen>
Result<> fill_ring(Source& source, Ring& ring, Seen seen) {
  while (true) {
    std::span<std::byte> slot = ring.begin_fill();
    if (slot.empty()) return {};
    std::size_t have = 0;
    while (have < slot.size()) {
      std::size_t got = TRY(source.read(slot.subspan(have)));
      if (got == 0) break;
      have += got;
    }
    if (have == 0) return {};
    seen(Bytes(slot.first(have)));
    ring.end_fill(have);
    if (have < slot.size()) return {};
  }
}

}  // namespace

Pipeline::Pipeline(std::unique_ptr<Source> source, Options options) : source_(std::move(source)), options_(options) {
  threads_.emplace_back([this] { read_packed(); });
  threads_.emplace_back([this] { inflate(); });
  threads_.emplace_back([this] { hash_unpacked(); });
}

Pipeline::~Pipeline() { stop(); }

void Pipeline::stop() {
  packed_.cancel();
  unpacked_.cancel();
  threads_.clear();
}

void Pipeline::read_packed() {
  Hasher hasher(options_.packed);
  auto read = fill_ring(*source_, packed_, [&](Bytes data) {
    hasher.update(data);
    digests_.packed_size += data.size();
  });
  if (read) digests_.packed = hasher.finish();
  packed_.close(std::move(read));
}

void Pipeline::inflate() {
  RingSource packed(packed_, kInflate);
  Inflater inflater(packed, options_.limit);
  auto inflated = fill_ring(inflater, unpacked_, [&](Bytes data) { digests_.unpacked_size += data.size(); });
  digests_.compression = inflater.compression();
  unpacked_.close(std::move(inflated));
}

void Pipeline::hash_unpacked() {
  Hasher hasher(options_.unpacked);
  while (true) {
    auto data = unpacked_.begin_use(kHash);
    if (!data) return;
    if (data->empty()) break;
    hasher.update(*data);
    unpacked_.end_use(kHash);
  }
  digests_.unpacked = hasher.finish();
}

Result<StreamDigests> Pipeline::finish() {
  while (!TRY(output_.next()).empty()) {
  }
  threads_.clear();
  return std::move(digests_);
}

}  // namespace gantry::archive
