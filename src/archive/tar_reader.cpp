#include "archive/tar_reader.hpp"

#include "archive/tar_sparse.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace gantry::archive {

namespace {

constexpr std::size_t kMaxPaxHeader = 1u << 20;
constexpr std::uint64_t kMaxSize = std::numeric_limits<std::int64_t>::max() - 2 * kBlock;

bool is_posix(const TarHeader& header) { return std::memcmp(header.magic, "ustar", 6) == 0; }
bool is_gnu(const TarHeader& header) { return std::memcmp(header.magic, "ustar ", 6) == 0; }

std::string plain_path(const TarHeader& header) {
  std::string path(field_text(header.name));
  // GNU keeps other things in the prefix.
  if (!is_posix(header) || header.prefix[0] == '\0') return path;
  return std::string(field_text(header.prefix)) + "/" + path;
}

Result<Kind> kind_of(char type) {
  switch (type) {
    case '0':
    case '\0':
    case '7':  // contiguous
    case 'S':
      return Kind::file;
    case '1':
      return Kind::hardlink;
    case '2':
      return Kind::symlink;
    case '3':
      return Kind::character;
    case '4':
      return Kind::block;
    case '5':
    case 'D':  // GNU's incremental dump: a folder with a list that we do not need
      return Kind::directory;
    case '6':
      return Kind::fifo;
    default:
      return fail(Code::unsupported, "entry type '{}' is not supported", type >= ' ' && type <= '~' ? type : '?');
  }
}

}  // namespace

TarReader::TarReader(Source& source, EndMarker end, std::size_t buffer)
    : source_(source),
      end_(end),
      capacity_(std::max(buffer, kBlock)),
      buffer_(std::make_unique_for_overwrite<std::byte[]>(capacity_)),
      ahead_(buffer_.get(), 0) {}

Error TarReader::located(Error error) const {
  if (entry_path_.empty()) return std::move(error).with_context(fmt::format("archive, offset {}", entry_at_));
  return std::move(error).with_context(fmt::format("entry '{}' at offset {}", entry_path_, entry_at_));
}

/// Sees to it that `size` bytes are ahead; false when the archive ends before the first of them.
Result<bool> TarReader::fill(std::size_t size) {
  if (ahead_.size() >= size) return true;
  std::memmove(buffer_.get(), ahead_.data(), ahead_.size());
  std::size_t have = ahead_.size();
  while (have < size) {
    std::size_t got = TRY(source_.read({buffer_.get() + have, capacity_ - have}));
    if (got == 0) break;
    have += got;
  }
  ahead_ = {buffer_.get(), have};
  if (have >= size) return true;
  if (have == 0) return false;
  return fail(Code::corrupt, "the archive is truncated at offset {}", position_ + have);
}

Result<const std::byte*> TarReader::block() {
  if (!TRY(fill(kBlock))) return fail(Code::corrupt, "the archive is truncated at offset {}", position_);
  const std::byte* start = ahead_.data();
  ahead_ = ahead_.subspan(kBlock);
  position_ += kBlock;
  return start;
}

Result<> TarReader::skip(std::uint64_t size) {
  while (size > 0) {
    if (ahead_.empty() && !TRY(fill(1))) return fail(Code::corrupt, "the archive is truncated at offset {}", position_);
    std::size_t step = static_cast<std::size_t>(std::min<std::uint64_t>(size, ahead_.size()));
    ahead_ = ahead_.subspan(step);
    position_ += step;
    size -= step;
  }
  return {};
}

/// The data of a header that describes the next one.
Result<std::string> TarReader::body(const TarHeader& header, std::size_t limit, std::string_view what) {
  std::uint64_t size = TRY(field_unsigned(header.size));
  if (size > limit) return fail(Code::corrupt, "{} of {} bytes is longer than {} allowed", what, size, limit);
  std::string text;
  while (text.size() < size) {
    std::size_t step = std::min<std::size_t>(kBlock, size - text.size());
    text.append(reinterpret_cast<const char*>(TRY(block())), step);
  }
  return text;
}

/// False at the end of the archive.
Result<bool> TarReader::read_header(TarHeader& header) {
  if (!TRY(fill(kBlock))) {
    if (end_ == EndMarker::optional) return false;
    return fail(Code::corrupt, "the archive is truncated: it has no end marker at offset {}", position_);
  }
  std::memcpy(&header, TRY(block()), kBlock);
  auto is_zero = [&] {
    const char* bytes = reinterpret_cast<const char*>(&header);
    return std::all_of(bytes, bytes + kBlock, [](char c) { return c == 0; });
  };
  if (header.name[0] != '\0' || !is_zero()) {
    if (checksum_matches(header)) return true;
    return fail(Code::corrupt, "the header at offset {} has a wrong checksum", position_ - kBlock);
  }
  // The end is two blocks of zeros; some writers stop after one.
  if (!TRY(fill(kBlock))) return false;
  std::memcpy(&header, TRY(block()), kBlock);
  if (is_zero()) return false;
  return fail(Code::corrupt, "data follows a single block of zeros at offset {}", position_ - kBlock);
}

Result<std::optional<Entry>> TarReader::next() {
  if (ended_) return std::optional<Entry>();
  auto entry = next_entry();
  if (!entry) {
    ended_ = true;
    return located(std::move(entry.error()));
  }
  ended_ = !entry->has_value();
  return entry;
}

Result<std::optional<Entry>> TarReader::next_entry() {
  TRY(skip(stored_ + padding_));
  stored_ = padding_ = 0;
  entry_at_ = position_;
  entry_path_.clear();

  PaxRecords pax = global_;
  Names names;
  bool described = false;
  TarHeader header;
  while (TRY(read_header(header))) {
    switch (header.type) {
      case 'x':
      case 'X':  // Solaris
        pax = global_;
        TRY(pax.parse(TRY(body(header, kMaxPaxHeader, "an extended header"))));
        break;
      case 'g':
        TRY(global_.parse(TRY(body(header, kMaxPaxHeader, "a global header"))));
        pax = global_;
        break;
      case 'L':
        names.path = field_text(TRY(body(header, kMaxName, "a long name")));
        break;
      case 'K':
        names.link = field_text(TRY(body(header, kMaxName, "a long link")));
        break;
      case 'V':  // the volume's label
        TRY(body(header, kMaxName, "a volume label"));
        continue;
      default:
        return std::optional(TRY(make_entry(header, pax, names)));
    }
    described = described || header.type != 'g';
  }
  if (described) return fail(Code::corrupt, "the archive ends between an extended header and its entry");
  return std::optional<Entry>();
}

Result<Entry> TarReader::make_entry(const TarHeader& header, PaxRecords& pax, Names& names) {
  Entry entry;
  entry.position = entry_at_;
  auto pick = [](std::optional<std::string>& first, std::optional<std::string>& second, std::string_view plain) {
    return first ? std::move(*first) : second ? std::move(*second) : std::string(plain);
  };
  entry.path = pick(pax.sparse_name ? pax.sparse_name : pax.path, names.path, plain_path(header));
  entry_path_ = entry.path;
  entry.link = pick(pax.link, names.link, field_text(header.link));
  entry.kind = TRY(kind_of(header.type));
  // v7 has no folders: it is the name that tells.
  if (entry.kind == Kind::file && header.type != 'S' && entry.path.ends_with('/')) entry.kind = Kind::directory;

  entry.mode = static_cast<unsigned>(TRY(field_number(header.mode))) & 07777;
  entry.uid = pax.uid ? *pax.uid : TRY(field_unsigned(header.uid));
  entry.gid = pax.gid ? *pax.gid : TRY(field_unsigned(header.gid));
  if (is_posix(header) || is_gnu(header)) {
    entry.user = pick(pax.user, pax.user, field_text(header.user));
    entry.group = pick(pax.group, pax.group, field_text(header.group));
  }
  if (entry.kind == Kind::character || entry.kind == Kind::block) {
    entry.major = static_cast<unsigned>(TRY(field_unsigned(header.major)));
    entry.minor = static_cast<unsigned>(TRY(field_unsigned(header.minor)));
  }
  if (pax.mtime) entry.mtime = *pax.mtime;
  else if (__builtin_mul_overflow(TRY(field_number(header.mtime)), kSecond, &entry.mtime))
    return fail(Code::corrupt, "its time is out of range");
  entry.atime = pax.atime;
  entry.xattrs = std::move(pax.xattrs);
  TRY(set_data(header, pax, entry));
  return entry;
}

/// How the entry's data lies in the archive.
Result<> TarReader::set_data(const TarHeader& header, PaxRecords& pax, Entry& entry) {
  // All readers agree that entries without content have no data, whatever their size field says.
  bool has_data = entry.kind == Kind::file || header.type == 'D';
  stored_ = !has_data ? 0 : pax.size ? *pax.size : TRY(field_unsigned(header.size));
  if (stored_ > kMaxSize - position_) return fail(Code::corrupt, "its size of {} bytes is out of range", stored_);
  padding_ = padding_of(stored_);
  extents_.clear();
  extent_ = 0;
  in_extent_ = dense_ = size_ = 0;
  pending_ = {};
  if (entry.kind != Kind::file) return {};
  entry.size = stored_;
  bool is_sparse = header.type == 'S' || pax.sparse_map || pax.sparse_major.value_or(0) > 0;
  if (is_sparse) TRY(set_sparse(header, pax, entry));
  else if (stored_ > 0) extents_.push_back({0, stored_});
  size_ = entry.size;
  return {};
}

Result<> TarReader::set_sparse(const TarHeader& header, PaxRecords& pax, Entry& entry) {
  auto next = [this] { return block(); };
  if (header.type == 'S') {
    GnuTail tail;
    std::memcpy(&tail, reinterpret_cast<const char*>(&header) + kGnuTailAt, sizeof tail);
    entry.size = TRY(field_unsigned(tail.real_size));
    extents_ = TRY(read_gnu_sparse(tail, next));
  } else {
    if (!pax.sparse_size) return fail(Code::corrupt, "a sparse file without a size");
    entry.size = *pax.sparse_size;
    if (pax.sparse_map) {
      extents_ = std::move(*pax.sparse_map);
    } else if (pax.sparse_major == 1 && pax.sparse_minor.value_or(0) == 0) {
      auto counted = [&]() -> Result<const std::byte*> {
        if (stored_ < kBlock) return fail(Code::corrupt, "a sparse map is longer than the entry");
        stored_ -= kBlock;
        return block();
      };
      extents_ = TRY(read_sparse_lines(counted));
    } else {
      return fail(Code::unsupported, "sparse format {}.{} is not supported", *pax.sparse_major,
                  pax.sparse_minor.value_or(0));
    }
  }
  if (entry.size > kMaxSize) return fail(Code::corrupt, "its size of {} bytes is out of range", entry.size);
  TRY(check_extents(extents_, entry.size, stored_));
  entry.extents = extents_;
  return {};
}

Result<TarReader::Piece> TarReader::piece() {
  while (extent_ < extents_.size() && in_extent_ == extents_[extent_].length) {
    ++extent_;
    in_extent_ = 0;
  }
  if (extent_ == extents_.size()) return Piece{size_, {}};
  if (ahead_.empty()) {
    auto filled = fill(1);
    if (filled && !*filled) filled = fail(Code::corrupt, "the archive is truncated at offset {}", position_);
    if (!filled) {
      ended_ = true;
      return located(std::move(filled.error()));
    }
  }
  const Extent& extent = extents_[extent_];
  std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(ahead_.size(), extent.length - in_extent_));
  Piece piece{extent.offset + in_extent_, ahead_.first(size)};
  ahead_ = ahead_.subspan(size);
  position_ += size;
  stored_ -= size;
  in_extent_ += size;
  return piece;
}

Result<std::size_t> TarReader::read(std::span<std::byte> buffer) {
  if (dense_ == size_) return 0;
  if (pending_.data.empty()) pending_ = TRY(piece());
  std::size_t size;
  if (pending_.offset > dense_) {
    size = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), pending_.offset - dense_));
    std::memset(buffer.data(), 0, size);
  } else {
    size = std::min(buffer.size(), pending_.data.size());
    std::memcpy(buffer.data(), pending_.data.data(), size);
    pending_.data = pending_.data.subspan(size);
    pending_.offset += size;
  }
  dense_ += size;
  return size;
}

}  // namespace gantry::archive
