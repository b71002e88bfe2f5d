// Archives as they come out of a blob: inflated when they are compressed, then read with all their data. What the
// reader lets through keeps the promises of Entry, and the paths those of the extraction.

#include "archive/inflate.hpp"
#include "archive/layer_path.hpp"
#include "archive/tar_reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace gantry;
using namespace gantry::archive;

constexpr std::uint64_t kLimit = 4u << 20;

void require(bool promise) {
  if (!promise) std::abort();
}

void check_path(const Entry& entry) {
  const auto clean = clean_entry_path(entry.path);
  if (!clean) return;
  require(clean_entry_path("/" + *clean + "/").value_or("?") == *clean);
  require(("/" + *clean + "/").find("/../") == std::string::npos);
  best_effort(whiteout_of(*clean));
}

/// Pieces come in ascending order and lie within the file.
Result<> read_pieces(TarReader& reader, const Entry& entry) {
  std::uint64_t end = 0;
  while (true) {
    const auto [offset, data] = TRY(reader.piece());
    if (data.empty()) return {};
    require(offset >= end && offset + data.size() <= entry.size);
    end = offset + data.size();
  }
}

/// Holes of a hostile file may be endless: a part of it will do.
Result<> read_dense(TarReader& reader, const Entry& entry) {
  std::array<std::byte, 4096> buffer;
  std::uint64_t sum = 0;
  while (sum < kLimit) {
    const std::size_t got = TRY(reader.read(buffer));
    if (got == 0) {
      require(sum == entry.size);
      return {};
    }
    sum += got;
  }
  return {};
}

Result<> read_archive(Bytes bytes) {
  MemorySource source(bytes);
  Inflater inflater(source, kLimit);
  TarReader reader(inflater, EndMarker::optional, 1024);
  bool dense = false;
  while (const auto entry = TRY(reader.next())) {
    check_path(*entry);
    require(entry->kind == Kind::file || entry->size == 0);
    TRY(dense ? read_dense(reader, *entry) : read_pieces(reader, *entry));
    dense = !dense;
  }
  return {};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  best_effort(read_archive(std::as_bytes(std::span(data, size))));
  return 0;
}
