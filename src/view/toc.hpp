#pragma once

#include "archive/entry.hpp"
#include "transfer/origin.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// The table of contents that some layers bring along, so that one file can be fetched without the others: eStargz
// (github.com/containerd/stargz-snapshotter, docs/estargz.md) and zstd:chunked (github.com/containers/storage).

namespace gantry::view {

/// A piece of a file. It begins with a gzip member or zstd frame of its own.
struct Chunk {
  std::uint64_t at = 0;      ///< in the blob
  std::uint64_t until = 0;   ///< where in the blob the bytes end that hold it, at the latest
  std::uint64_t inner = 0;   ///< bytes that come before it when the blob is inflated from `at` on
  std::uint64_t offset = 0;  ///< in the file
  std::uint64_t size = 0;    ///< of the piece
  bool zeros = false;        ///< nothing is stored for it
  oci::Digest digest;        ///< of the piece; empty: the file's own has to do
};

struct TocEntry {
  archive::Entry entry;  ///< its path as a clean one
  oci::Digest digest;    ///< of a file's bytes; empty: not known
  std::vector<Chunk> chunks;
};

/// The table of a layer whose annotations tell of one, checked against its digest there; nothing when they do not.
/// Code::corrupt when it is not what they say.
Result<std::optional<std::vector<TocEntry>>> read_toc(const transfer::Origin& origin, const oci::Descriptor& layer);

/// The bytes of a file by its chunks, which are fetched and checked as they are read. Both outlive it.
Result<std::unique_ptr<Source>> open_chunks(const transfer::Origin& origin, const oci::Descriptor& layer,
                                            const TocEntry& file);

/// A table of either kind as JSON. `data_end` is where in the blob the files' bytes end.
Result<std::vector<TocEntry>> parse_toc(const std::string& text, std::uint64_t data_end);

}  // namespace gantry::view
