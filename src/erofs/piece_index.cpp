#include "erofs/piece_index.hpp"

#include "base/file.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include <openssl/sha.h>

namespace gantry::erofs {

namespace {

constexpr std::string_view kIndexMagic = "GntPiec1";

/// The first bytes of a digest as a number: digests are spread evenly, and so sorted ones lie about where it says.
std::uint64_t rank_of(const PieceDigest& digest) {
  std::uint64_t rank;
  std::memcpy(&rank, digest.data(), sizeof rank);
  return std::endian::native == std::endian::little ? std::byteswap(rank) : rank;
}

}  // namespace

PieceDigest digest_of(Bytes piece) {
  PieceDigest digest;
  SHA256(reinterpret_cast<const unsigned char*>(piece.data()), piece.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

Result<> write_piece_index(const Fd& out, std::vector<PieceRecord> records) {
  std::ranges::sort(records, {}, &PieceRecord::digest);
  TRY(write_all(out, kIndexMagic, "the index"));
  return write_all(out, as_text(std::as_bytes(std::span(records))), "the index");
}

Result<PieceIndex> PieceIndex::open(const Fd& file) {
  struct stat info;
  if (fstat(file.get(), &info) < 0) return Error::system("look at the index");
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size < kIndexMagic.size() || (size - kIndexMagic.size()) % sizeof(PieceRecord) != 0)
    return fail(Code::corrupt, "it is no index of pieces");
  void* memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) return Error::system("map the index");
  PieceIndex index(memory, size);
  if (std::memcmp(memory, kIndexMagic.data(), kIndexMagic.size()) != 0)
    return fail(Code::corrupt, "it is no index of pieces");
  return index;
}

PieceIndex::PieceIndex(PieceIndex&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), size_(other.size_) {}

PieceIndex::~PieceIndex() {
  if (memory_ != nullptr) munmap(memory_, size_);
}

std::size_t PieceIndex::count() const { return (size_ - kIndexMagic.size()) / sizeof(PieceRecord); }

PieceRecord PieceIndex::at(std::size_t index) const {
  PieceRecord record;
  std::memcpy(&record, static_cast<const std::byte*>(memory_) + kIndexMagic.size() + index * sizeof record,
              sizeof record);
  return record;
}

/// By interpolation, as a miss in each of many indexes is what happens most; by halves when that leads nowhere.
std::optional<PieceRecord> PieceIndex::find(const PieceDigest& digest) const {
  std::size_t begin = 0;
  std::size_t end = count();
  std::uint64_t low = 0;
  std::uint64_t high = ~std::uint64_t{0};
  const std::uint64_t wanted = rank_of(digest);
  for (int step = 0; begin < end; ++step) {
    std::size_t middle = begin + (end - begin) / 2;
    if (step < 4 && low <= wanted && wanted <= high && high > low) {
      auto share = static_cast<double>(wanted - low) / static_cast<double>(high - low);
      middle = begin + std::min(static_cast<std::size_t>(share * static_cast<double>(end - begin)), end - begin - 1);
    }
    PieceRecord record = at(middle);
    if (record.digest == digest) return record;
    if (record.digest < digest) {
      begin = middle + 1;
      low = rank_of(record.digest);
    } else {
      end = middle;
      high = rank_of(record.digest);
    }
  }
  return std::nullopt;
}

}  // namespace gantry::erofs
