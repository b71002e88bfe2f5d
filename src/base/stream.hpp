#pragma once

#include "base/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gantry {

using Bytes = std::span<const std::byte>;

inline Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// A stream of bytes that is pulled.
class Source {
 public:
  virtual ~Source() = default;
  /// Some bytes into `buffer` (which is not empty); 0 is the end.
  virtual Result<std::size_t> read(std::span<std::byte> buffer) = 0;
};

/// All that is left of a stream; nothing when that is more than `limit` bytes.
Result<std::optional<std::string>> read_text(Source& source, std::size_t limit);
/// Passes over the next bytes of a stream; false when it ends before.
Result<bool> skip(Source& source, std::uint64_t bytes);

/// A stream of bytes that is pushed.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Takes all of `data`.
  virtual Result<> write(Bytes data) = 0;
};

/// Reads an open file, pipe or socket from where it stands.
class FileSource final : public Source {
 public:
  /// `name` is for error messages.
  FileSource(Fd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  Fd fd_;
  std::string name_;
};

/// Reads an open file by pread(2), so that several can share one, whose own position stays as it is.
class PositionedSource final : public Source {
 public:
  /// `fd` outlives it; `name` is for error messages.
  PositionedSource(const Fd& fd, std::uint64_t position, std::string name)
      : fd_(fd), position_(position), name_(std::move(name)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  const Fd& fd_;
  std::uint64_t position_;
  std::string name_;
};

/// Reads bytes that the caller keeps alive.
class MemorySource final : public Source {
 public:
  explicit MemorySource(Bytes data) : data_(data) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  Bytes data_;
};

/// Reads a text that it owns.
class TextSource final : public Source {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)), rest_(as_bytes(text_)) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override { return rest_.read(buffer); }

 private:
  std::string text_;
  MemorySource rest_;
};

/// Writes to an open file, pipe or socket.
class FileSink final : public Sink {
 public:
  FileSink(Fd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}
  Result<> write(Bytes data) override;
  const Fd& fd() const { return fd_; }

 private:
  Fd fd_;
  std::string name_;
};

class MemorySink final : public Sink {
 public:
  Result<> write(Bytes data) override;
  Bytes data() const { return data_; }

 private:
  std::vector<std::byte> data_;
};

}  // namespace gantry
