#include "archive/tar_split.hpp"

#include "base/base64.hpp"
#include "base/json.hpp"
#include "linux/path.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <boost/describe/class.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace gantry::archive {

namespace {

/// Of tar-split's "storage.Entry"; position and the file's CRC-64 are not needed.
struct SplitEntry {
  int type = 0;
  std::string name;
  std::string name_raw;  ///< in base64, where the name is not UTF-8
  std::int64_t size = 0;
  std::string payload;  ///< in base64
};
BOOST_DESCRIBE_STRUCT(SplitEntry, (), (type, name, name_raw, size, payload))
constexpr json::Options json_options(const SplitEntry*) { return {.style = json::Style::snake}; }

constexpr int kFile = 1;
constexpr int kSegment = 2;

constexpr std::size_t kMaxLine = 32u << 20;

}  // namespace

/// Without its end; empty after the last.
Result<std::string> TarSplitSource::next_line() {
  std::size_t seen = used_;
  while (true) {
    if (auto end = ahead_.find('\n', seen); end != std::string::npos) {
      std::string line = ahead_.substr(used_, end - used_);
      used_ = end + 1;
      if (line.empty()) {
        seen = used_;
        continue;
      }
      return line;
    }
    ahead_.erase(0, used_);
    used_ = 0;
    seen = ahead_.size();
    if (seen > kMaxLine)
      return fail(Code::corrupt, "{}: its tar-split has a line of more than {} bytes", name_, kMaxLine);
    std::array<std::byte, 1u << 16> buffer;
    std::size_t got = TRY(with_context(lines_->read(buffer), "{}: its tar-split", name_));
    if (got == 0) return std::exchange(ahead_, {});
    ahead_ += as_text(Bytes(buffer).first(got));
  }
}

Result<> TarSplitSource::begin_piece(const std::string& line) {
  auto entry = TRY(json::decode<SplitEntry>(line, name_ + ": its tar-split"));
  if (entry.type == kSegment) {
    piece_ = TRY(with_context(base64_decode(entry.payload), "{}: its tar-split", name_));
    handed_ = 0;
    return {};
  }
  if (entry.type != kFile)
    return fail(Code::unsupported, "{}: its tar-split has an entry of type {}", name_, entry.type);
  if (entry.size <= 0) return {};
  std::string path = entry.name_raw.empty() ? entry.name : TRY(base64_decode(entry.name_raw));
  file_ = TRY(with_context(linux::open_in_root(folder_, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), "{}", name_));
  struct stat info;
  if (fstat(file_.get(), &info) < 0) return Error::system("{}: {}", name_, path);
  if (!S_ISREG(info.st_mode) || info.st_size < entry.size)
    return fail(Code::corrupt, "{}: file '{}' is no longer what it was", name_, path);
  left_ = static_cast<std::uint64_t>(entry.size);
  return {};
}

Result<std::size_t> TarSplitSource::read(std::span<std::byte> buffer) {
  while (handed_ == piece_.size() && left_ == 0) {
    file_ = Fd();
    auto line = TRY(next_line());
    if (line.empty()) return 0;
    TRY(begin_piece(line));
  }
  if (left_ > 0) {
    ssize_t got = ::read(file_.get(), buffer.data(), std::min<std::uint64_t>(buffer.size(), left_));
    if (got < 0) return Error::system("{}: read", name_);
    if (got == 0) return fail(Code::corrupt, "{}: a file has become shorter", name_);
    left_ -= static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
  std::size_t size = std::min(buffer.size(), piece_.size() - handed_);
  std::memcpy(buffer.data(), piece_.data() + handed_, size);
  handed_ += size;
  return size;
}

}  // namespace gantry::archive
