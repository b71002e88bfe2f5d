#include "base/stream.hpp"

#include "base/file.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace gantry {

Result<std::optional<std::string>> read_text(Source& source, std::size_t limit) {
  std::string text;
  std::array<std::byte, 16384> buffer;
  while (std::size_t got = TRY(source.read(buffer))) {
    text.append(as_text(Bytes(buffer).first(got)));
    if (text.size() > limit) return std::optional<std::string>();
  }
  return std::optional(std::move(text));
}

Result<bool> skip(Source& source, std::uint64_t bytes) {
  std::vector<std::byte> buffer(64u << 10);
  while (bytes > 0) {
    std::size_t got = TRY(source.read(std::span(buffer).first(std::min<std::uint64_t>(bytes, buffer.size()))));
    if (got == 0) return false;
    bytes -= got;
  }
  return true;
}

Result<std::size_t> FileSource::read(std::span<std::byte> buffer) {
  ssize_t got;
  do {
    got = ::read(fd_.get(), buffer.data(), buffer.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) return Error::system("read {}", name_);
  return static_cast<std::size_t>(got);
}

Result<std::size_t> PositionedSource::read(std::span<std::byte> buffer) {
  ssize_t got;
  do {
    got = pread(fd_.get(), buffer.data(), buffer.size(), static_cast<off_t>(position_));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return Error::system("read {}", name_);
  position_ += static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

Result<std::size_t> MemorySource::read(std::span<std::byte> buffer) {
  std::size_t size = std::min(buffer.size(), data_.size());
  if (size > 0) std::memcpy(buffer.data(), data_.data(), size);
  data_ = data_.subspan(size);
  return size;
}

Result<> FileSink::write(Bytes data) { return write_all(fd_, as_text(data), name_); }

Result<> MemorySink::write(Bytes data) {
  data_.insert(data_.end(), data.begin(), data.end());
  return {};
}

}  // namespace gantry
